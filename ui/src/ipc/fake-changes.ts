import type { Change, ChangePage, ChangeRef, ChangesQuery, FieldChange, RecordRef } from "./client";
import { OfficeError } from "./errors";
import { at, uuid } from "./fake-data";

function made(n: number, change: Partial<Change>): Change {
  return {
    id: uuid(30_000 + n),
    at: at(6, 20 - n * 37),
    by: "Dana Neff",
    proven: false,
    source: "manual_admin",
    computer: "FRONT-DESK",
    summary: "Notes of the estimate of Dorothy Kessler changed",
    reason: null,
    about: { kind: "estimate", id: uuid(301) },
    fields: [{ label: "Notes", before: null, after: "Prefers a call after 4 PM." }],
    can_undo: true,
    why_not: null,
    undoes: null,
    undone_by: null,
    ...change,
  };
}

const field = (label: string, before: string | null, after: string | null): FieldChange => ({
  label,
  before,
  after,
});

const VARIETY: Partial<Change>[] = [
  {},
  {
    by: "Calendly",
    source: "calendly_webhook",
    computer: null,
    summary: "Job of Oak Ridge HOA moved",
    about: { kind: "job", id: uuid(101) },
    fields: [field("Start", "Wed, Jun 17, 7:00 AM", "Thu, Jun 18, 7:00 AM")],
    can_undo: false,
    why_not: "Jobs are moved on the schedule.",
  },
  {
    by: "Tom Neff",
    proven: true,
    computer: "TOMS-LAPTOP",
    summary: "Company settings changed",
    about: null,
    fields: [field("Work starts", "07:00", "06:00"), field("Phone", "(630) 555-0199", "(630) 555-0100")],
    reason: "Summer hours",
  },
  {
    by: "Mobile app",
    source: "mobile_app",
    computer: null,
    summary: "Job of St. Mary’s Church completed",
    about: { kind: "job", id: uuid(102) },
    fields: [field("Status", "In progress", "Completed")],
    can_undo: false,
    why_not: "It was changed again since.",
  },
  {
    summary: "Notes of the estimate of Smith & Sons <Lot 4> changed",
    about: { kind: "estimate", id: uuid(302) },
    fields: [field("Notes", "{{7*7}}", `<img src=x onerror=alert(1)> ${"and so on ".repeat(300)}`)],
  },
  {
    by: "\u202eevil name",
    source: "api",
    computer: null,
    summary: "\u202eevil summary",
    about: { kind: "customer", id: uuid(601) },
    fields: [field("Phone", null, "x".repeat(10_000))],
    can_undo: false,
    why_not: "It came from another program.",
  },
];

export function manyChanges(count = 180): Change[] {
  return Array.from({ length: count }, (_, n) => made(n, VARIETY[n % VARIETY.length]!));
}

/** Who did what, and how it is taken back. */
export class FakeChanges {
  all: Change[] = manyChanges();
  readonly #inverses = new Map<string, () => void>();
  #next = 40_000;

  /** `back` puts it as it was; `again` does it once more. */
  add(
    by: string,
    summary: string,
    about: RecordRef | null,
    fields: FieldChange[],
    back: () => void,
    again: () => void,
    undoes: string | null = null,
  ): ChangeRef {
    const id = uuid((this.#next += 1));
    this.all = [
      made(0, { id, by, summary, about, fields, undoes, at: at(6, 31) }),
      ...this.all.map((c) =>
        // Only the newest change of something can be taken back.
        c.can_undo && c.summary === summary
          ? { ...c, can_undo: false, why_not: "It was changed again since." }
          : c,
      ),
    ];
    this.#inverses.set(id, () => this.#undo(id, back, again));
    return { id, summary, can_undo: true, wrote: [] };
  }

  undo(id: string): ChangeRef {
    const change = this.all.find((c) => c.id === id);
    if (!change) throw refusal("not_found", "That change is not in the list any more.");
    if (!change.can_undo) throw refusal("version_conflict", change.why_not ?? "It was changed again since.");
    const inverse = this.#inverses.get(id);
    if (inverse) inverse();
    else this.#undo(id, nothing, nothing);
    const { id: made, summary } = this.all[0]!;
    return { id: made, summary, can_undo: true, wrote: [] };
  }

  #undo(id: string, back: () => void, again: () => void): void {
    const change = this.all.find((c) => c.id === id)!;
    back();
    const fields = change.fields.map((f) => ({ ...f, before: f.after, after: f.before }));
    const ref = this.add("Dana Neff", change.summary, change.about, fields, again, back, id);
    this.all = this.all.map((c) =>
      c.id === id ? { ...c, can_undo: false, why_not: "It was undone.", undone_by: ref.id } : c,
    );
  }

  page(query: ChangesQuery, me: string): ChangePage {
    const wanted = query.search?.trim().toLowerCase() ?? "";
    const all = this.all.filter(
      (c) =>
        (!query.mine || c.by === me) &&
        `${c.summary}\n${c.by}\n${c.reason ?? ""}`.toLowerCase().includes(wanted),
    );
    const from = query.after === null ? 0 : all.findIndex((c) => c.id === query.after) + 1;
    const items = all.slice(from, from + query.limit);
    return {
      items: structuredClone(items),
      next: from + items.length < all.length ? (items.at(-1)?.id ?? null) : null,
    };
  }
}

const nothing = () => undefined;

function refusal(code: "not_found" | "version_conflict", message: string): OfficeError {
  return new OfficeError({ code, message, field: null, details: null });
}

/** What differs between two states of something, in words. */
export function differences<T extends object>(
  before: T,
  after: Partial<T>,
  labels: Partial<Record<keyof T, string>>,
): FieldChange[] {
  const shown = (value: unknown) => (value === null || value === "" ? null : String(value));
  return (Object.entries(labels) as [keyof T, string][])
    .filter(([key]) => key in after && String(before[key]) !== String(after[key]))
    .map(([key, label]) => field(label, shown(before[key]), shown(after[key])));
}
