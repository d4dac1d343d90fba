import type { Schedule, ScheduleJob } from "$/ipc/client";
import { clockTime } from "$/lib/time";
import { shorten } from "$/lib/words";

import { jobName } from "../calendar/words";

/** What can be seen at once from what is loaded; the office says the rest a moment later. */
export type Finding = { kind: "clash" | "warning"; text: string; otherId?: string };

/** A job and where it would stand. */
export type Placed = Pick<ScheduleJob, "id" | "people" | "machines" | "status"> & {
  start: string;
  end: string;
};

const IDLE = new Set(["canceled", "completed"]);
const MOST = 6;

type Known = { job: ScheduleJob; start: number; end: number };

export class Precheck {
  readonly #jobs: Known[];
  readonly #names: Map<string, string>;

  constructor(
    private readonly data: Schedule,
    private readonly zone: string,
  ) {
    this.#jobs = data.jobs
      .filter((job) => !IDLE.has(job.status))
      .map((job) => ({ job, start: Date.parse(job.start), end: Date.parse(job.end) }));
    this.#names = new Map([...data.people, ...data.machines].map(({ id, name }) => [id, shorten(name, 60)]));
  }

  /** Those that move together are judged where they go, not where they were. */
  check(placed: readonly Placed[]): Finding[] {
    const going = new Set(placed.map(({ id }) => id));
    const found = new Map<string, Finding>();
    const put = (finding: Finding) => found.set(finding.text, finding);
    for (const one of placed) {
      if (IDLE.has(one.status)) continue;
      const [start, end] = [Date.parse(one.start), Date.parse(one.end)];
      const own = new Set([...one.people, ...one.machines]);
      if (own.size === 0) continue;
      for (const { job, start: from, end: until } of this.#jobs) {
        if (from >= end || until <= start || going.has(job.id)) continue;
        const both = [...job.people, ...job.machines].filter((id) => own.has(id));
        if (both.length > 0) put({ kind: "clash", otherId: job.id, text: this.#clash(both, job) });
      }
      for (const off of this.data.time_off) {
        const id = off.person_id ?? off.machine_id;
        if (id === null || !own.has(id) || Date.parse(off.start) >= end || Date.parse(off.end) <= start)
          continue;
        const what = off.machine_id ? "is in the shop" : off.kind === "sick" ? "is sick" : "is on leave";
        put({ kind: "warning", text: `${this.#name(id)} ${what} then.` });
      }
      if (found.size > MOST) break;
    }
    return [...found.values()].slice(0, MOST);
  }

  #clash(both: string[], job: ScheduleJob): string {
    const first = this.#name(both[0]!);
    const who = both.length > 1 ? `${first} and ${both.length - 1} more` : first;
    const from = clockTime(job.start, this.zone);
    const verb = both.length > 1 ? "are" : "is";
    return `${who} ${verb} at ${shorten(jobName(job), 60)} (${from} – ${clockTime(job.end, this.zone)}).`;
  }

  #name(id: string): string {
    return this.#names.get(id) ?? "Somebody";
  }
}
