import type { Consequences, JobCheck, Reassign, ScheduleJob, UnscheduledWork } from "$/ipc/client";
import { announce } from "$/lib/announce";
import { count } from "$/lib/words";

import { jobName } from "../calendar/words";
import { isWork } from "../dialogs/moving";
import type { ScheduleStore } from "../schedule.svelte";
import { extent, timeAt, windowOf } from "./axis";
import type { BoardView } from "./board.svelte";
import { Checks } from "./checks.svelte";
import { ghostsOf, type Ghost } from "./ghosts";
import { rowAt, type LaidRow } from "./layout";
import {
  clockOf,
  DAY_MINUTES,
  instantOf,
  movedOverDaysOff,
  snapped,
  stretched,
  type Edge,
  type Times,
} from "./move";
import { Precheck, type Finding } from "./precheck";
import { reassigned } from "./reassign";
import type { BoardRow } from "./rows";
import { EMPTY, sameValue, type Carried, type Underway } from "./underway";
import { movedTitle, placeWords } from "./words";

/** What is asked of the office while dragging. */
const MOST_CHECKED = 50;
const USUAL_HOURS = 8;

/** One drag at a time: moving, changing the length, drawing a new job, scheduling waiting work. */
export class BoardDrag {
  now = $state.raw<Underway | null>(null);
  /** The same from step to step, so that hundreds of bars need not look. */
  readonly #carried = $derived.by(() => this.now?.carried);
  readonly carriedIds: ReadonlySet<string> = $derived.by(
    () => new Set(this.#carried?.map(({ job }) => job.id)),
  );
  /** Dropped, and not yet saved or given up. */
  saving = $state(false);
  /** Let go, and waiting for what is being undone. */
  #dropped = false;
  readonly checks: Checks;
  readonly #precheck = $derived.by(() =>
    this.view.data ? new Precheck(this.view.data, this.view.data.zone) : null,
  );

  readonly #works = $derived.by(() => isWork(this.view.data));

  constructor(
    readonly store: ScheduleStore,
    readonly view: BoardView,
  ) {
    this.checks = new Checks((checks: JobCheck[]): Promise<Consequences[]> => store.check(checks));
  }

  get zone(): string {
    return this.view.data?.zone ?? "UTC";
  }

  // ---- Beginning ------------------------------------------------------------------------------------------------

  take(kind: "move" | "start" | "end", by: "pointer" | "keys", anchor: Carried, grip = 0): boolean {
    if (this.store.refuse()) return false;
    const { selection } = this.store;
    const all = kind === "move" && selection.has(anchor.job.id) && selection.size > 1;
    const carried = all
      ? [...selection.ids].flatMap((id) => {
          const job = this.store.job(id);
          const row = id === anchor.job.id ? anchor.row : this.view.cellOf(id)?.row;
          return job && row ? [{ job, row }] : [];
        })
      : [anchor];
    this.now = { ...EMPTY, kind, by, carried, anchor, grip, row: anchor.row };
    return true;
  }

  draw(x: number, row: LaidRow): boolean {
    if (this.store.refuse()) return false;
    const from = this.#snap(timeAt(this.view.axis!, x));
    this.now = {
      ...EMPTY,
      kind: "create",
      by: "pointer",
      row: row.row.key,
      from,
      times: this.#drawn(from, from),
    };
    return true;
  }

  bring(work: UnscheduledWork): boolean {
    if (this.store.refuse()) return false;
    this.now = { ...EMPTY, kind: "tray", by: "pointer", work };
    return true;
  }

  // ---- Going on -------------------------------------------------------------------------------------------------

  /** The pointer is there now, in coordinates of the time shown. */
  over(x: number, y: number, { fine = false, copy = false } = {}): void {
    const { now, view } = this;
    const { axis } = view;
    if (!now || !axis) return;
    const step = fine && !view.boxes ? 5 : view.step;
    const row = view.layout.rows[rowAt(view.layout, y)]?.row.key ?? now.row;
    switch (now.kind) {
      case "move": {
        const { job } = now.anchor!;
        this.#set({ minutes: this.#reach(job, x - now.grip, x, step), row, copy });
        break;
      }
      case "start":
      case "end": {
        const { job } = now.anchor!;
        const last = view.boxes && now.kind === "end";
        // On whole-day boxes the day of an edge counts; what ends at midnight ends on the day before.
        const edge = last ? new Date(Date.parse(job.end) - 1).toISOString() : job[now.kind];
        const at = timeAt(axis, view.boxes ? x : x - now.grip);
        this.#set({ minutes: snapped(edge, at, step, this.zone) });
        break;
      }
      case "create":
        this.#set({ times: this.#drawn(now.from, this.#snap(timeAt(axis, x), step)) });
        break;
      case "tray": {
        const times = x < 0 ? null : this.#usual(timeAt(axis, x), step);
        this.#set({ times, row: x < 0 ? null : row });
        break;
      }
    }
  }

  /** By keys: so many minutes of the clock, so many rows. */
  nudge(minutes: number, rows: number): void {
    const { now, view } = this;
    if (!now) return;
    if (now.kind !== "move" && now.minutes !== 0) {
      announce("Put it down first, then move it.");
      return;
    }
    const index = view.layout.rows.findIndex(({ row }) => row.key === now.row);
    const to = Math.min(view.layout.rows.length - 1, Math.max(0, index + rows));
    this.#set({
      kind: "move",
      minutes: now.minutes + minutes,
      row: view.layout.rows[to]?.row.key ?? now.row,
    });
    announce(this.sentence());
  }

  /** By keys: one of its edges. */
  lengthen(edge: Edge, minutes: number): void {
    const { now } = this;
    if (!now?.anchor) return;
    if (now.kind === "move" && (now.minutes !== 0 || now.row !== now.anchor.row)) {
      announce("Put it down first, then change its length.");
      return;
    }
    if (now.kind !== "move" && now.kind !== edge && now.minutes !== 0) {
      announce(`Put it down first, then change its ${edge}.`);
      return;
    }
    this.#set({
      kind: edge,
      carried: [now.anchor],
      minutes: (now.kind === edge ? now.minutes : 0) + minutes,
    });
    announce(this.sentence());
  }

  /**
   * What is carried was changed in this window since, by an undo say. By keys it goes on from where that left it; under
   * the pointer it stays. What somebody else changed is asked about when it is put down.
   */
  follow(): void {
    const { now } = this;
    if (!now?.anchor) return;
    const carried = now.carried.map((one) => this.#asNow(one));
    const anchor = this.#asNow(now.anchor);
    if (anchor === now.anchor && carried.every((one, i) => one === now.carried[i])) return;
    const edge = now.kind === "end" ? "end" : "start";
    const clock = ({ job }: Carried) => clockOf(Date.parse(job[edge]), this.zone);
    const shift = now.by === "pointer" ? clock(now.anchor) - clock(anchor) : 0;
    this.now = {
      ...{ ...now, carried, anchor, minutes: now.minutes + shift },
      row: now.row === now.anchor.row ? anchor.row : now.row,
    };
    this.#ask();
    if (now.by === "keys") announce(this.sentence());
  }

  #asNow(carried: Carried): Carried {
    const job = this.store.job(carried.job.id);
    if (!job || job.version === carried.job.version || !this.store.isOwn(carried.job, job)) return carried;
    const there = this.view.barOf({ row: carried.row, job: job.id });
    return { job, row: there ? carried.row : (this.view.cellOf(job.id)?.row ?? carried.row) };
  }

  cancel(): void {
    if (!this.now) return;
    this.now = null;
    this.checks.stop();
    announce("Put back. Nothing was changed.");
  }

  // ---- What it comes to -------------------------------------------------------------------------------------------

  timesOf({ job }: Carried): Times {
    const { now } = this;
    if (!now) return job;
    if (now.kind === "move") return movedOverDaysOff(job, now.minutes, this.zone, this.#works);
    if (now.kind === "start" || now.kind === "end") return stretched(job, now.kind, now.minutes, this.zone);
    return job;
  }

  reassignOf({ job, row }: Carried): Reassign | null {
    const { now } = this;
    // Only what stands on the row that was taken hold of goes to another one.
    if (!now || now.kind !== "move" || row !== now.anchor?.row || now.row === null || now.row === row)
      return null;
    const [from, to] = [this.#row(row), this.#row(now.row)];
    if (!from || !to) return null;
    if (
      to.id !== null &&
      job[to.kind === "crew" ? "crews" : to.kind === "person" ? "people" : "machines"].includes(to.id)
    )
      return from.id === null ? null : { kind: to.kind, from: from.id, to: null };
    return { kind: to.kind, from: from.id, to: to.id };
  }

  /** Where the anchor, or what is new, would stand. */
  readonly place: { times: Times; row: BoardRow | null } | null = $derived.by(() => {
    const { now } = this;
    if (!now) return null;
    const times = now.anchor ? this.timesOf(now.anchor) : now.times;
    return times ? { times, row: this.#row(now.row) } : null;
  });

  readonly differs: boolean = $derived.by(() => {
    const { now } = this;
    if (!now) return false;
    if (!now.anchor) return now.times !== null;
    // A copy where the job stands is nothing but a click with a shaky hand.
    return now.minutes !== 0 || now.row !== now.anchor.row;
  });

  readonly ghosts: Ghost[] = $derived.by(() =>
    this.now ? ghostsOf(this.view, this.now, (carried) => this.timesOf(carried)) : [],
  );

  /** What is known at once, until the office has answered for this place. */
  readonly findings: Finding[] = $derived.by(() => {
    const { now } = this;
    if (!now || !this.differs) return [];
    const answer = this.checks.answer;
    if (answer) return answer;
    const placed = now.carried.slice(0, MOST_CHECKED).map((carried) => {
      const who = reassigned(carried.job, this.reassignOf(carried), this.view.data);
      return { ...carried.job, ...who, ...this.timesOf(carried), id: now.copy ? "" : carried.job.id };
    });
    const fresh = this.#newcomer();
    return this.#precheck?.check(fresh ? [...placed, fresh] : placed) ?? [];
  });

  sentence(): string {
    const { now, place } = this;
    if (!now || !place) return "";
    const clashes = this.findings.filter(({ kind }) => kind === "clash").length;
    const where = placeWords(place.times, place.row, this.zone, this.view.data?.today ?? "");
    return clashes > 0 ? `${where}. It clashes: ${this.findings[0]!.text}` : where;
  }

  // ---- The end --------------------------------------------------------------------------------------------------

  async drop(): Promise<void> {
    if (!this.now || this.#dropped) return;
    const undoing = this.store.undoing();
    if (undoing) {
      this.#dropped = true;
      await undoing;
      this.#dropped = false;
    }
    await this.#putDown();
  }

  async #putDown(): Promise<void> {
    const { now, place, store, view } = this;
    if (!now) return;
    const changes = this.differs && place !== null;
    const today = view.data?.today ?? "";
    const moves = now.carried.map((carried) => ({
      job: carried.job,
      ...this.timesOf(carried),
      reassign: this.reassignOf(carried),
    }));
    this.now = null;
    this.checks.stop();
    if (!changes) {
      if (now.by === "keys") announce("Put down where it was.");
      return;
    }
    const { times, row } = place;
    const words = placeWords(times, row, this.zone, today);
    this.saving = true;
    try {
      if (now.kind === "create")
        store.newJob({ ...NEW, ...times, resource: row?.id ? { kind: row.kind, id: row.id } : null });
      else if (now.work)
        await store.create(
          [
            {
              ...NEW,
              ...times,
              contract_id: now.work.contract_id,
              resource: row?.id ? { kind: row.kind, id: row.id } : null,
            },
          ],
          `Scheduled: ${jobName(now.work)}`,
          words,
        );
      else if (now.copy)
        await store.create(
          moves.map(({ job, start, end, reassign }) => ({
            ...NEW,
            copy_of: job.id,
            start,
            end,
            resource: reassign?.to ? { kind: reassign.kind, id: reassign.to } : null,
          })),
          moves.length === 1 && now.anchor
            ? `${jobName(now.anchor.job)} copied`
            : `${count(moves.length, "job")} copied`,
          words,
        );
      else {
        const wanted = new Map(
          moves.map((move) => [move.job.id, placeWords(move, move.reassign ? row : null, this.zone, today)]),
        );
        const title =
          now.kind === "move"
            ? movedTitle(
                now.carried.map(({ job }) => job),
                times.start,
                this.zone,
                today,
              )
            : `${jobName(now.anchor!.job)} is now ${words}`;
        await store.move(moves, title, wanted);
      }
    } finally {
      this.saving = false;
    }
  }

  // ---- Parts ------------------------------------------------------------------------------------------------------

  #set(change: Partial<Underway>): void {
    const { now } = this;
    if (!now || this.#dropped) return;
    const same = Object.entries(change).every(([key, value]) => sameValue(now[key as keyof Underway], value));
    if (same) return;
    this.now = { ...now, ...change };
    this.#ask();
  }

  /** The office knows more than what is loaded: certificates, availability, jobs the filter hides. */
  #ask(): void {
    const { now } = this;
    if (!now || !this.differs) return this.checks.stop();
    const checks: JobCheck[] = now.carried.slice(0, MOST_CHECKED).map((carried) => {
      const { start, end } = this.timesOf(carried);
      return {
        job_id: carried.job.id,
        start,
        end,
        reassign: this.reassignOf(carried),
        words: null,
        weather_dependent: null,
      };
    });
    const fresh = this.#newcomer();
    const row = this.#row(now.row);
    if (fresh)
      checks.push({
        ...{ job_id: null, start: fresh.start, end: fresh.end, words: null, weather_dependent: null },
        reassign: row?.id ? { kind: row.kind, from: null, to: row.id } : null,
      });
    this.checks.ask(checks);
  }

  /** What is not on the board yet. */
  #newcomer() {
    const { now } = this;
    const row = this.#row(now?.row ?? null);
    if (!now?.times || !row?.id) return null;
    const crew = this.view.data?.crews.find(({ id }) => id === row.id);
    return {
      ...{ id: "", status: "scheduled", ...now.times },
      people: row.kind === "person" ? [row.id] : (crew?.members ?? []),
      machines: row.kind === "machine" ? [row.id] : [],
    };
  }

  /** How far the anchor goes. What begins in a folded night keeps its time of day and goes by days. */
  #reach(job: ScheduleJob, x: number, pointer: number, step: number): number {
    const axis = this.view.axis!;
    const at = extent(axis, Date.parse(job.start), Date.parse(job.end));
    if (!at || !(at.folded || at.before || step >= DAY_MINUTES))
      return snapped(job.start, timeAt(axis, x), step, this.zone);
    const grabbed = new Date(timeAt(axis, at.x + this.now!.grip)).toISOString();
    return snapped(grabbed, timeAt(axis, pointer), DAY_MINUTES, this.zone);
  }

  #snap(ms: number, step = this.view.step): number {
    const by = Math.min(step, DAY_MINUTES);
    const clock = Math.floor(clockOf(ms, this.zone) / by) * by;
    return Date.parse(instantOf(clock, this.zone));
  }

  /** From where drawing began to where the pointer is; on whole-day boxes the working hours of those days. */
  #drawn(from: number, to: number): Times {
    const [first, last] = from <= to ? [from, to] : [to, from];
    if (!this.view.boxes) {
      const end = Math.max(last, first + 30 * 60_000);
      return { start: new Date(first).toISOString(), end: new Date(end).toISOString() };
    }
    const [opens, closes] = this.#hours();
    const at = (ms: number, minutes: number) =>
      instantOf(Math.floor(clockOf(ms, this.zone) / DAY_MINUTES) * DAY_MINUTES + minutes, this.zone);
    return { start: at(first, opens), end: at(last, closes) };
  }

  /** Waiting work says nothing of its length. */
  #usual(ms: number, step: number): Times {
    const [opens] = this.#hours();
    const at = this.#snap(ms, step);
    const clock = this.view.boxes ? clockOf(at, this.zone) + opens : clockOf(at, this.zone);
    const times = { start: instantOf(clock, this.zone), end: instantOf(clock + USUAL_HOURS * 60, this.zone) };
    return times;
  }

  #hours(): [number, number] {
    return this.view.data ? windowOf(this.view.data.hours) : [360, 1080];
  }

  #row(key: string | null): BoardRow | null {
    return this.view.layout.rows.find(({ row }) => row.key === key)?.row ?? null;
  }
}

const NEW = { contract_id: null, copy_of: null } as const;
