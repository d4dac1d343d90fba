import type { Schedule, ScheduleJob } from "$/ipc/client";

import { dayOf } from "../calendar/words";
import { windowOf, type Axis, type AxisDay } from "./axis";

const MINUTE = 60_000;

/** When work can be done: the working hours of each working day. */
export type Shift = { start: number; end: number };

export function shiftsOf(data: Schedule, axis: Axis): Shift[] {
  const [opens, closes] = windowOf(data.hours);
  return axis.days
    .filter((day) => dayOf(day.date, data, axis.zone).kind === "work")
    .map((day) => ({ start: clock(day, opens), end: clock(day, closes) }));
}

/** Daylight saving changes at night, before anybody works: what is missing or twice lies before. */
function clock(day: AxisDay, minutes: number): number {
  const late = minutes >= 3 * 60 ? day.length - 24 * 60 * MINUTE : 0;
  return day.start + minutes * MINUTE + late;
}

export type Load = {
  /** Hours. */
  booked: number;
  available: number;
  /** 1: full; null: nothing is available. */
  share: number | null;
};

/** What cannot be worked: all of it, or the share of a crew that is away. */
export type Missing = { start: string; end: string; share?: number };

const IDLE = new Set(["canceled"]);

/**
 * Booked hours of the part against the hours that can be worked. A job of several days counts the shifts it covers, one
 * that lies outside all of them (a night, a Saturday) the time it takes.
 */
export function loadOf(
  jobs: readonly ScheduleJob[],
  off: readonly Missing[],
  shifts: readonly Shift[],
  axis: Axis,
): Load {
  let booked = 0;
  for (const job of jobs) {
    if (IDLE.has(job.status)) continue;
    const [start, end] = [
      Math.max(Date.parse(job.start), axis.start),
      Math.min(Date.parse(job.end), axis.end),
    ];
    if (!(end > start)) continue;
    const inside = covered(shifts, start, end);
    booked += inside > 0 ? inside : end - start;
  }
  let available = 0;
  for (const shift of shifts) {
    let free = shift.end - shift.start;
    for (const one of off)
      free -=
        (one.share ?? 1) *
        Math.max(0, Math.min(shift.end, Date.parse(one.end)) - Math.max(shift.start, Date.parse(one.start)));
    available += Math.max(0, free);
  }
  const hours = (ms: number) => ms / (60 * MINUTE);
  return {
    booked: hours(booked),
    available: hours(available),
    share: available > 0 ? booked / available : null,
  };
}

function covered(shifts: readonly Shift[], start: number, end: number): number {
  let sum = 0;
  for (const shift of shifts) {
    if (shift.start >= end) break;
    sum += Math.max(0, Math.min(shift.end, end) - Math.max(shift.start, start));
  }
  return sum;
}
