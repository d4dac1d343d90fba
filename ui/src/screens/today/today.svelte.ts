import type { JobCard, Office, Today } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";
import { computerZone, officeDate } from "$/lib/time";
import { count } from "$/lib/words";
import type { Announcer } from "$/shell/announcer.svelte";

/** How long a changed row stays marked. */
const MARKED_FOR = 2_600;
const MIDNIGHT_CHECK = 20_000;

/** What Today shows. It stays while the person is on another screen and while the database does not answer. */
export class TodayStore {
  data = $state.raw<Today | null>(null);
  error = $state.raw<OfficeError | null>(null);
  loading = $state(false);
  /** Rows that changed with the last reading; marked for a moment. */
  changed = $state.raw<ReadonlySet<string>>(new Set());
  /** Called right before the rows change; what it returns is called when they are on screen. */
  aroundChange: (() => () => void) | null = null;
  /** Counts readings, so that an open panel knows when to read its record again. */
  reading = $state(0);

  readonly #refresher = new Refresher(() => this.#read());
  #unmark: ReturnType<typeof setTimeout> | undefined;
  #date = "";

  constructor(
    private readonly office: Office,
    private readonly announcer: Announcer,
  ) {
    office.on("today-changed", () => void this.refresh());
    setInterval(() => this.#atMidnight(), MIDNIGHT_CHECK);
  }

  /** The office's zone; this computer's until the office has said. */
  get zone(): string {
    return this.data?.zone ?? computerZone();
  }

  get date(): string {
    return this.data?.today ?? officeDate(new Date(), this.zone);
  }

  refresh(): Promise<void> {
    return this.#refresher.ask();
  }

  /** Nothing of one office is shown in another. */
  clear(): void {
    this.data = null;
    this.error = null;
    this.changed = new Set();
  }

  /** A window left open overnight, or a computer that slept, shows the new day by itself. */
  #atMidnight(): void {
    if (!this.data) return;
    const date = officeDate(new Date(), this.zone);
    const passed = this.#date !== "" && this.#date !== date;
    this.#date = date;
    if (passed) void this.refresh();
  }

  async #read(): Promise<void> {
    this.loading = true;
    try {
      this.#show(await this.office.today());
    } catch (thrown) {
      this.error = asOfficeError(thrown);
    } finally {
      this.loading = false;
    }
  }

  #show(next: Today): void {
    const changed = this.data ? changedRows(this.data, next) : new Set<string>();
    const after = this.aroundChange?.();
    this.data = next;
    this.error = null;
    this.reading += 1;
    after?.();
    if (changed.size === 0) return;
    this.changed = changed;
    this.announcer.say(`Today was updated: ${count(changed.size, "change")}.`);
    clearTimeout(this.#unmark);
    this.#unmark = setTimeout(() => (this.changed = new Set()), MARKED_FOR);
  }
}

/** The rows that are new or differ. A row that is gone cannot be marked. */
export function changedRows(before: Today, after: Today): Set<string> {
  const was = rows(before);
  const changed = new Set<string>();
  for (const [row, text] of rows(after)) if (was.get(row) !== text) changed.add(row);
  return changed;
}

function rows(today: Today): Map<string, string> {
  const all = new Map<string, string>();
  const job = (card: JobCard) => all.set(`job:${card.id}`, JSON.stringify(card));
  for (const day of today.days) for (const crew of day.crews) crew.jobs.forEach(job);
  today.unassigned.forEach(job);
  for (const due of today.estimates) all.set(`estimate:${due.id}`, JSON.stringify(due));
  return all;
}
