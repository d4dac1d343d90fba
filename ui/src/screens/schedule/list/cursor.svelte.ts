import type { ScheduleJob } from "$/ipc/client";

import { keyOf, type ListItem } from "./items";

/** Where the keys act in the list, and which jobs are selected. By key: rows come and go. */
export class ListCursor {
  at = $state<string | null>(null);
  chosen = $state.raw<ReadonlyMap<string, ScheduleJob>>(new Map());
  /** Where a range begins. */
  #from: string | null = null;

  constructor(private readonly items: () => readonly ListItem[]) {}

  readonly index = $derived.by(() => {
    const { at } = this;
    return at === null ? -1 : this.items().findIndex((item) => keyOf(item) === at);
  });

  /** By so many rows; with `range` all between are chosen. */
  move(by: number, range = false): void {
    const items = this.items();
    const from = this.index;
    const to =
      from < 0 ? (by < 0 ? items.length - 1 : 0) : Math.min(Math.max(from + by, 0), items.length - 1);
    const item = items[to];
    if (!item) return;
    const before = this.at;
    this.at = keyOf(item);
    if (!range) this.#from = null;
    else {
      this.#from ??= before ?? this.at;
      this.#span();
    }
  }

  toggle(job: ScheduleJob): void {
    const chosen = new Map(this.chosen);
    if (!chosen.delete(job.id)) chosen.set(job.id, job);
    this.chosen = chosen;
    this.at = this.#from = job.id;
  }

  /** From where the last choice was to here. */
  to(id: string): void {
    this.#from ??= this.at ?? id;
    this.at = id;
    this.#span();
  }

  /** All that are here. */
  all(jobs: readonly ScheduleJob[]): void {
    this.chosen = new Map(jobs.map((job) => [job.id, job]));
  }

  clear(): void {
    if (this.chosen.size > 0) this.chosen = new Map();
    this.#from = null;
  }

  drop(ids: ReadonlySet<string>): void {
    if ([...ids].some((id) => this.chosen.has(id)))
      this.chosen = new Map([...this.chosen].filter(([id]) => !ids.has(id)));
  }

  /** What was read again is what is meant; what is gone is not chosen any more. */
  follow(jobs: readonly ScheduleJob[], whole: boolean): void {
    if (this.chosen.size === 0) return;
    const now = new Map(jobs.map((job) => [job.id, job]));
    const chosen = new Map<string, ScheduleJob>();
    for (const [id, job] of this.chosen) {
      const known = now.get(id);
      // Where not all are here it may be on a page that was not read again.
      if (known) chosen.set(id, known);
      else if (!whole) chosen.set(id, job);
    }
    this.chosen = chosen;
  }

  #span(): void {
    const items = this.items();
    const place = (key: string | null) => items.findIndex((item) => keyOf(item) === key);
    const [a, b] = [place(this.#from), place(this.at)];
    const [low, high] = a < 0 ? [b, b] : [Math.min(a, b), Math.max(a, b)];
    const chosen = new Map(this.chosen);
    for (const item of items.slice(Math.max(0, low), high + 1))
      if (item.kind === "line") chosen.set(item.line.job.id, item.line.job);
    this.chosen = chosen;
  }
}
