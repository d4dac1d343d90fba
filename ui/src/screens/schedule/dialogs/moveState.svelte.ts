import type { Consequences, JobEdit, JobFilter, Office, Reassign, Schedule } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { addDays } from "$/lib/dates";
import { count } from "$/lib/words";

import { seenVersion, type Seen } from "../job/desk.svelte";
import {
  dateOf,
  daysOf,
  lengthOf,
  localOf,
  LONGEST_SHIFT,
  readLength,
  timeOf,
  workOfDays,
} from "../job/when";
import { complain, settle } from "../outcome.svelte";
import { isWork, movesOf, places, placeWords, type MoveOptions, type Place } from "./moving";

/** Hours, days off and who there is: of the jobs of those weeks next to none are wanted. */
const NO_JOBS: JobFilter = {
  ...{ statuses: [], services: ["none"], crews: [], weather: null, min_priority: 5, text: null },
  ...{ outside: true, unassigned: true, clashing: true },
};
const WEEKS_AHEAD = 95;

/** Jobs on their way to another time or place, and what would follow from it. */
export class MoveState {
  jobs = $state.raw<JobEdit[] | null>(null);
  schedule = $state.raw<Schedule | null>(null);
  error = $state.raw<OfficeError | null>(null);
  options = $state<MoveOptions>({
    ...{ date: "", time: "", minutes: null, by: "days", days: 1, skipDaysOff: true },
  });
  /** "crew:id": taken off; "crew:": somebody is added; empty: the same as now. */
  row = $state("");
  /** Who comes instead. */
  to = $state("");
  reason = $state("");
  busy = $state(false);
  placed = $state.raw<Place[]>([]);
  found = $state.raw<Consequences[]>([]);
  #typedLength = $state<string | null>(null);
  #turn = 0;

  constructor(
    private readonly office: Pick<Office, "jobEdit" | "schedule" | "jobSpan" | "checkJobs" | "moveJobs">,
    readonly ids: readonly string[],
    private readonly seen: Seen = new Map(),
  ) {}

  get alone(): boolean {
    return this.ids.length === 1;
  }
  readonly first = $derived(this.jobs?.[0] ?? null);
  readonly reassign = $derived.by((): Reassign | null => {
    const [kind, from] = this.row.split(":");
    if (this.to === "" || (kind !== "crew" && kind !== "person" && kind !== "machine")) return null;
    return { kind, from: from || null, to: this.to };
  });
  readonly moves = $derived(this.jobs ? movesOf(this.jobs, this.placed, this.reassign, null) : []);
  /** Somebody was told the old time. */
  readonly confirmed = $derived(this.jobs?.some((job) => job.input.status === "confirmed") ?? false);
  readonly needsReason = $derived(this.confirmed && this.moves.length > 0);
  readonly unexplained = $derived(this.needsReason && this.reason.trim() === "");

  async read(): Promise<void> {
    try {
      const all = await Promise.all(this.ids.map((id) => this.office.jobEdit(id)));
      const starts = all.map((job) => localOf(job.input.start, job.zone)).sort();
      const from = dateOf(starts[0] ?? "");
      const until = addDays(from, WEEKS_AHEAD);
      this.schedule = await this.office.schedule({ from, until, filter: NO_JOBS });
      this.options.date = from;
      this.options.time = timeOf(starts[0] ?? "");
      [this.jobs, this.error] = [all, null];
    } catch (thrown) {
      this.error = asOfficeError(thrown);
    }
  }

  /** Where they would go, and what would follow. */
  async judge(): Promise<void> {
    const { jobs, reassign } = this;
    if (!jobs) return;
    const mine = (this.#turn += 1);
    try {
      const placed = await places(this.office, jobs, $state.snapshot(this.options), this.schedule);
      if (mine !== this.#turn) return;
      this.placed = placed;
      const moves = movesOf(jobs, placed, reassign, null);
      const checks = moves.map(({ id, start, end }) => ({
        job_id: id,
        start,
        end,
        reassign,
        words: null,
        weather_dependent: null,
      }));
      const found = checks.length === 0 ? [] : await this.office.checkJobs(checks);
      if (mine === this.#turn) this.found = found;
    } catch {
      // It is judged again when it is done.
      if (mine === this.#turn) this.found = [];
    }
  }

  /** Minutes as it is now or as it was typed; over several days their number. */
  readonly length = $derived.by(() => {
    const { first, options } = this;
    if (!first) return "";
    if (options.minutes !== null && options.minutes <= LONGEST_SHIFT) return String(options.minutes);
    if (this.#typedLength !== null) return this.#typedLength;
    const [start, end] = [localOf(first.input.start, first.zone), localOf(first.input.end, first.zone)];
    const all = lengthOf(start, end, first.zone) ?? 0;
    if (all <= LONGEST_SHIFT) return String(all);
    const works = options.skipDaysOff ? isWork(this.schedule) : () => true;
    return count(daysOf(start, end, works).length, "day");
  });

  setLength(value: string): void {
    const length = readLength(/^\d+$/.test(value) ? `${value} min` : value);
    if (!length || !this.first) return;
    this.#typedLength = value;
    const end = timeOf(localOf(this.first.input.end, this.first.zone));
    this.options.minutes =
      "days" in length
        ? workOfDays(length.days, this.options.time, end, this.schedule?.hours)
        : length.minutes;
  }

  /** "stays": nothing would move; "unexplained": a reason is missing. */
  async go(today: string): Promise<"done" | "given_up" | "stays" | "unexplained"> {
    const { jobs } = this;
    if (this.busy || !jobs) return "given_up";
    this.busy = true;
    try {
      // What was typed a moment ago may not have been laid out yet.
      this.#turn += 1;
      const placed = await places(this.office, jobs, $state.snapshot(this.options), this.schedule);
      this.placed = placed;
      if (this.moves.length === 0) return "stays";
      if (this.unexplained) return "unexplained";
      const words = new Map(placed.map(({ id, start }) => [id, placeWords(start, today)]));
      const [only] = this.moves;
      const title =
        this.moves.length === 1
          ? `Job moved to ${words.get(only?.id ?? "") ?? "another time"}`
          : `${count(this.moves.length, "job")} moved`;
      const { reassign, seen } = this;
      const known = new Map(jobs.map((job) => [job.id ?? "", seenVersion(seen, job)]));
      const reason = this.reason.trim() || null;
      return await settle(
        ({ overrideReason, versions, reason: given }) =>
          this.office.moveJobs(
            movesOf(jobs, placed, reassign, new Map([...known, ...(versions ?? [])])),
            reason ?? given,
            overrideReason,
          ),
        { title, jobs: words },
      );
    } catch (thrown) {
      complain(asOfficeError(thrown));
      return "given_up";
    } finally {
      this.busy = false;
    }
  }
}
