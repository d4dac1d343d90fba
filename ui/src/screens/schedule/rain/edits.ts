import type {
  AgreedMove,
  Contact,
  KeptJob,
  PlannedMove,
  PlanProblem,
  RainPlan,
  ScheduleJob,
} from "$/ipc/client";
import { officeDate } from "$/lib/time";
import { count } from "$/lib/words";

import {
  isWorkday,
  placedAt,
  stepWorkday,
  timeOf,
  workdaysLater,
  type Span,
  type Workdays,
} from "./workdays";
import { addDays } from "$/lib/dates";

/** Where a job is, or is to go. */
export type Place = Span & { crews: string[] };

/** What a person wants otherwise than the plan. */
export type Edit = {
  /** It moves, or it stays where it is. */
  takes?: boolean;
  place?: Place;
};
export type Edits = ReadonlyMap<string, Edit>;

/** One job of the plan as it will be applied. */
export type Row = {
  job: ScheduleJob;
  /** It is rained out; otherwise it moves with another. */
  hit: boolean;
  why: string;
  tell: Contact;
  /** What the plan found; null: nothing. */
  proposal: Place | null;
  /** Where it goes; null: nobody knows yet. */
  place: Place | null;
  /** A person chose the place. */
  byHand: boolean;
  /** It moves when the plan is applied. */
  takes: boolean;
  /** Working days later; below 0: sooner. */
  days: number;
  /** What speaks against it, also against leaving it. */
  problems: PlanProblem[];
};

export function placeOf(job: ScheduleJob): Place {
  return { start: job.start, end: job.end, crews: job.crews };
}

function sameTime(a: Span, b: Span): boolean {
  return Date.parse(a.start) === Date.parse(b.start) && Date.parse(a.end) === Date.parse(b.end);
}

export function samePlace(a: Place, b: Place): boolean {
  return (
    sameTime(a, b) && a.crews.length === b.crews.length && a.crews.every((crew) => b.crews.includes(crew))
  );
}

function proposalOf({ start, end, crews }: PlannedMove): Place | null {
  return start !== null && end !== null ? { start, end, crews } : null;
}

/** The plan with what a person changed about it. Edits of jobs that are in it no more wait for them to come back. */
export function rowsOf(plan: RainPlan, edits: Edits, problems: PlanProblem[], workdays: Workdays): Row[] {
  return plan.moves.map((move) => {
    const proposal = proposalOf(move);
    const edit = edits.get(move.job.id);
    const place = edit?.place ?? proposal;
    const byHand = edit?.place !== undefined && !(proposal && samePlace(edit.place, proposal));
    const moves = place !== null && !samePlace(place, placeOf(move.job));
    return {
      job: move.job,
      hit: move.hit,
      why: move.why,
      tell: move.tell,
      proposal,
      place,
      byHand,
      takes: moves && (edit?.takes ?? true),
      days: byHand && place ? later(move.job, place, workdays) : proposal ? move.days_later : 0,
      problems: problems.filter((problem) => problem.job_id === move.job.id),
    };
  });
}

function later(job: ScheduleJob, place: Place, workdays: Workdays): number {
  const { zone } = workdays;
  return workdaysLater(officeDate(job.start, zone), officeDate(place.start, zone), workdays);
}

/** Without what is as the plan has it anyway. */
export function withEdit(edits: Edits, row: Pick<Row, "job" | "proposal">, change: Edit): Edits {
  const edit: Edit = { ...edits.get(row.job.id), ...change };
  if (edit.place && row.proposal && samePlace(edit.place, row.proposal)) delete edit.place;
  if (edit.takes === true) delete edit.takes;
  const all = new Map(edits);
  if (edit.place === undefined && edit.takes === undefined) all.delete(row.job.id);
  else all.set(row.job.id, edit);
  return all;
}

export function withoutEdit(edits: Edits, id: string): Edits {
  return new Map([...edits].filter(([job]) => job !== id));
}

/** A day earlier or later: working days, or any day when `any`. What had no place begins the day after it was. */
export function stepped(row: Row, by: 1 | -1, workdays: Workdays, any = false): Place {
  const from = row.place ?? placeOf(row.job);
  const date = officeDate(from.start, workdays.zone);
  const to = any ? addDays(date, by) : stepWorkday(date, by, workdays);
  return { ...placedAt(from, to, timeOf(from.start, workdays.zone), workdays), crews: from.crews };
}

/** The jobs that move, as the core takes them. */
export function agreed(
  rows: readonly Row[],
  versions: ReadonlyMap<string, number> | null = null,
): AgreedMove[] {
  return rows.flatMap(({ job, place, takes }): AgreedMove[] => {
    if (!takes || !place) return [];
    const crewsStay = samePlace({ ...place, crews: job.crews }, place);
    return [
      {
        job: {
          id: job.id,
          version: versions?.get(job.id) ?? job.version,
          start: place.start,
          end: place.end,
          reassign: null,
        },
        crews: crewsStay ? null : place.crews,
      },
    ];
  });
}

export type Summary = {
  moves: number;
  /** In the rain, and not moved by the plan. */
  kept: number;
  /** Left where they are by a person. */
  left: number;
  unplaced: number;
  delay: number;
  byHand: number;
  /** Jobs about which a customer is to be told: so many messages are drafted. */
  tell: number;
  refused: number;
  doubtful: number;
};

export function summaryOf(
  rows: readonly Row[],
  kept: readonly KeptJob[],
  problems: readonly PlanProblem[] = [],
): Summary {
  const moving = rows.filter((row) => row.takes);
  const troubled = new Set(problems.map((problem) => problem.job_id));
  const refused = new Set(problems.flatMap((problem) => (problem.refuses ? [problem.job_id] : []))).size;
  return {
    moves: moving.length,
    kept: kept.length,
    left: rows.filter((row) => !row.takes && row.place !== null).length,
    unplaced: rows.filter((row) => row.place === null).length,
    delay: moving.reduce((sum, row) => sum + Math.max(0, row.days), 0),
    byHand: moving.filter((row) => row.byHand).length,
    tell: rows.filter((row) => toldBy(row) !== null).length + kept.length,
    refused,
    doubtful: troubled.size - refused,
  };
}

/**
 * How a customer is told once the plan is applied; null: nothing changes for them. In the rain without another time there
 * is a date to agree on, and that takes a call.
 */
export function toldBy({ job, hit, place, takes, tell }: Row): Contact | null {
  if (takes && place !== null && !sameTime(job, place)) return tell;
  return hit ? calledAt(tell) : null;
}

/** Nobody is written to about a date that is yet to be agreed on. */
export function calledAt(tell: Contact): Contact {
  return { ...tell, method: "phone" };
}

/** What a plan comes to, before anybody changed anything about it. */
export type Figures = { moves: number; delay: number; unplaced: number; kept: number };

export function figuresOf(plan: RainPlan): Figures {
  const placed = plan.moves.filter((move) => move.start !== null);
  return {
    moves: placed.length,
    delay: plan.days_of_delay,
    unplaced: plan.moves.length - placed.length,
    kept: plan.kept.length,
  };
}

/** "9 jobs move, 2 stay, 1 found no place, 14 working days of delay in all; customers of 12 jobs to tell." */
export function summarySentence(summary: Summary): string {
  const stay = summary.kept + summary.left;
  const parts = [
    summary.moves === 0
      ? "No job moves"
      : `${count(summary.moves, "job")} ${summary.moves === 1 ? "moves" : "move"}`,
    stay > 0 && `${stay} ${stay === 1 ? "stays" : "stay"}`,
    summary.unplaced > 0 && `${summary.unplaced} found no place`,
    summary.delay > 0 && `${count(summary.delay, "working day")} of delay in all`,
  ].filter(Boolean);
  const tell =
    summary.tell === 1 ? "; the customer of 1 job to tell" : `; customers of ${summary.tell} jobs to tell`;
  return `${parts.join(", ")}${summary.tell > 0 ? tell : ""}.`;
}

/** "+2 days", "1 day sooner", "same day". */
export function delayWords(days: number): string {
  if (days === 0) return "same day";
  return days > 0 ? `+${count(days, "day")}` : `${count(-days, "day")} sooner`;
}

/** A place nobody works at is worth a word before the core says so. */
export function dayOff(place: Place, workdays: Workdays): boolean {
  return !isWorkday(officeDate(place.start, workdays.zone), workdays);
}
