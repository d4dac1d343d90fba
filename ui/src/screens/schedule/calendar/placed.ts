import type { ScheduleJob } from "$/ipc/client";
import { officeDate } from "$/lib/time";

import { clockMinutes, DAY_MINUTES, lastDate } from "./clock";

/** A job with its place on the office's calendar. */
export type PlacedJob = {
  job: ScheduleJob;
  first: string;
  last: string;
  /** Minutes on the office's clock, of the first and of the last day. */
  from: number;
  until: number;
  /** It fills days, not hours. */
  long: boolean;
};

/** Night work goes over midnight and is still one shift. */
const SHIFT_MS = 14 * 60 * 60_000;

export function place(job: ScheduleJob, zone: string): PlacedJob | null {
  const [start, end] = [Date.parse(job.start), Date.parse(job.end)];
  const first = officeDate(job.start, zone);
  if (Number.isNaN(start) || Number.isNaN(end) || first === "") return null;
  const last = lastDate(job.start, job.end, zone);
  const until = clockMinutes(job.end, zone);
  return {
    job,
    first,
    last,
    from: clockMinutes(job.start, zone),
    until: until === 0 && end > start ? DAY_MINUTES : until,
    long: first !== last && end - start > SHIFT_MS,
  };
}

/** The longest first among those that begin together: bars above what is short. */
export function byStart(a: PlacedJob, b: PlacedJob): number {
  return (
    Date.parse(a.job.start) - Date.parse(b.job.start) ||
    Date.parse(b.job.end) - Date.parse(a.job.end) ||
    (a.job.id < b.job.id ? -1 : a.job.id > b.job.id ? 1 : 0)
  );
}

export function placeAll(jobs: readonly ScheduleJob[], zone: string): PlacedJob[] {
  return jobs
    .map((job) => place(job, zone))
    .filter((placed) => placed !== null)
    .sort(byStart);
}

/** It is on that day. */
export function isOn(placed: PlacedJob, date: string): boolean {
  return placed.first <= date && placed.last >= date;
}

export type Bar = {
  placed: PlacedJob;
  /** Index of the first and the last of the days it covers here. */
  start: number;
  end: number;
  lane: number;
  /** It began before these days, or goes on after them. */
  before: boolean;
  after: boolean;
};

/** Bars over a row of days, none over another; what begins first is on top. */
export function bars(placed: readonly PlacedJob[], dates: readonly string[]): Bar[] {
  const [from, to] = [dates[0], dates.at(-1)];
  if (from === undefined || to === undefined) return [];
  /** The last day taken in each lane. */
  const taken: number[] = [];
  return placed
    .filter((one) => one.first <= to && one.last >= from)
    .map((one) => {
      const start = Math.max(0, dates.indexOf(one.first));
      const end = one.last > to ? dates.length - 1 : dates.indexOf(one.last);
      const free = taken.findIndex((last) => last < start);
      const lane = free < 0 ? taken.length : free;
      taken[lane] = end;
      return { placed: one, start, end, lane, before: one.first < from, after: one.last > to };
    });
}
