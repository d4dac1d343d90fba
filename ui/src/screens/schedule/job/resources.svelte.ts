import type {
  JobFilter,
  Office,
  ResourceKind,
  ResourceWord,
  Schedule,
  ScheduleJob,
  TimeOff,
} from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { timeRange } from "$/lib/time";
import { label, shorten } from "$/lib/words";

import { isolated, jobName } from "../dialogs/clashWords";
import { addClock, dateOf, isLocal, isWorkingDay, keptInstant, localOf, nextDay, type Local } from "./when";

/** One that can be put on a job. */
export type Resource = {
  kind: ResourceKind;
  id: string;
  name: string;
  /** What they do; who is in the crew. */
  hint: string;
  /** Why not to: away, in the shop, on another job at that time. */
  trouble: string | null;
};

const EVERYTHING: JobFilter = {
  statuses: ["scheduled", "confirmed", "in_progress", "rescheduled"],
  services: [],
  crews: [],
  weather: null,
  min_priority: null,
  text: null,
  outside: false,
  unassigned: false,
  clashing: false,
};
/** The schedule is asked for no longer part. */
const DAYS = 60;

/** Crews, people and machines, and what they do on the days of a job. */
export class Resources {
  part = $state.raw<Schedule | null>(null);
  /** Why the last reading failed. */
  error = $state.raw<OfficeError | null>(null);
  #asked = "";

  constructor(private readonly office: Pick<Office, "schedule">) {}

  /** Reads what goes on between these; what was read before stays until it is there. */
  async load(start: Local, end: Local): Promise<void> {
    if (!isLocal(start)) return;
    const from = dateOf(start);
    const last = isLocal(end) && end > start ? dateOf(addClock(end, -1)) : from;
    const until = nextDay(last < nextDay(from, DAYS) ? last : nextDay(from, DAYS));
    const asked = `${from}|${until}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    try {
      const part = await this.office.schedule({ from, until, filter: EVERYTHING });
      if (this.#asked === asked) [this.part, this.error] = [part, null];
    } catch (thrown) {
      if (this.#asked === asked) [this.#asked, this.error] = ["", asOfficeError(thrown)];
    }
  }

  /** Read the same days again. */
  again(start: Local, end: Local): Promise<void> {
    this.#asked = "";
    return this.load(start, end);
  }

  readonly holidays: ReadonlySet<string> = $derived.by(() => holidaysOf(this.part));

  works(date: string): boolean {
    return !this.part || isWorkingDay(date, this.part.hours, this.holidays);
  }

  /** Who is in that crew on those days. */
  members(crew: string): string[] {
    const { part } = this;
    const ids = part?.crews.find((one) => one.id === crew)?.members ?? [];
    return ids.flatMap((id) => part?.people.find((person) => person.id === id) ?? []).map((one) => one.name);
  }

  memberIds(crew: string): string[] {
    return this.part?.crews.find((one) => one.id === crew)?.members ?? [];
  }

  /** All that can be chosen, with what they do then. `job`: the one that is edited. */
  choices(kinds: readonly ResourceKind[], start: Local, end: Local, job: string | null): Resource[] {
    const { part } = this;
    if (!part) return [];
    const from = keptInstant(start, null, part.zone);
    const until = keptInstant(end, null, part.zone);
    const span = from && until && from < until ? { start: from, end: until } : null;
    const jobs = span ? part.jobs.filter((one) => one.id !== job && overlaps(one, span)) : [];
    const off = span ? part.time_off.filter((one) => overlaps(one, span)) : [];
    const found: Resource[] = [];
    if (kinds.includes("crew"))
      for (const { id, name, lead } of part.crews.filter((crew) => crew.active)) {
        const members = this.members(id);
        const who =
          members.length > 0 ? members.map((one) => shorten(one, 40)).join(", ") : "Nobody is in it";
        found.push({
          ...{ kind: "crew", id, name },
          hint: lead && !members.includes(lead) ? `${shorten(lead, 40)}; ${who}` : who,
          trouble: booked(jobs, (one) => one.crews.includes(id), part),
        });
      }
    if (kinds.includes("person"))
      for (const { id, name, role, status } of part.people)
        found.push({
          ...{ kind: "person", id, name },
          hint: label(role),
          trouble:
            away(off, (one) => one.person_id === id) ??
            (status === "active" ? booked(jobs, (one) => one.people.includes(id), part) : label(status)),
        });
    if (kinds.includes("machine"))
      for (const { id, name, kind, status } of part.machines)
        found.push({
          ...{ kind: "machine", id, name },
          hint: label(kind),
          trouble:
            away(off, (one) => one.machine_id === id) ??
            (status === "active" ? booked(jobs, (one) => one.machines.includes(id), part) : label(status)),
        });
    // Who is free comes first among their kind.
    const order = kinds.flatMap((kind) => [
      ...found.filter((one) => one.kind === kind && one.trouble === null),
      ...found.filter((one) => one.kind === kind && one.trouble !== null),
    ]);
    return order;
  }
}

export function holidaysOf(part: Pick<Schedule, "time_off" | "zone"> | null): ReadonlySet<string> {
  const days = new Set<string>();
  for (const one of part?.time_off ?? []) {
    if (one.kind !== "holiday" || one.person_id !== null || one.machine_id !== null) continue;
    const last = dateOf(addClock(localOf(one.end, part!.zone), -1));
    for (let day = dateOf(localOf(one.start, part!.zone)); day <= last && days.size < 400; day = nextDay(day))
      days.add(day);
  }
  return days;
}

export function wordOf({ kind, id, name }: Pick<Resource, "kind" | "id" | "name">): ResourceWord {
  return { kind, id, name, item: null, ambiguous: false };
}

export function isKnown(word: ResourceWord): boolean {
  return word.kind !== null && word.id !== null && !word.ambiguous;
}

function overlaps(a: { start: string; end: string }, b: { start: string; end: string }): boolean {
  return Date.parse(a.start) < Date.parse(b.end) && Date.parse(b.start) < Date.parse(a.end);
}

const AWAY: Record<string, string> = { leave: "On leave", sick: "Sick", maintenance: "In maintenance" };

function away(off: TimeOff[], whose: (one: TimeOff) => boolean): string | null {
  const found = off.find(whose);
  return found ? (AWAY[found.kind] ?? label(found.kind)) : null;
}

function booked(jobs: ScheduleJob[], on: (job: ScheduleJob) => boolean, part: Schedule): string | null {
  const job = jobs.find(on);
  if (!job) return null;
  // "2:00 PM" is one word, also at the end of a line.
  const when = timeRange(job.start, job.end, part.zone, part.today).replace(/ (?=[AP]M)/g, "\u00a0");
  return `On ${isolated(shorten(job.customer?.trim() || jobName(null, job.address), 50))}, ${when}`;
}
