import { CalendarDateTime, parseAbsolute, toZoned } from "@internationalized/date";

import type { Schedule } from "$/ipc/client";
import { addDays, iso } from "$/lib/dates";
import { daysBetween, officeDate } from "$/lib/time";
import { isTime, minutesOf } from "$/lib/times";

/** When the office works, and what its clock shows. */
export type Workdays = {
  zone: string;
  /** 1 = Monday … 7 = Sunday. */
  working: ReadonlySet<number>;
  /** Holidays of the whole office. */
  closed: ReadonlySet<string>;
};

/** Somewhere in time; a job's, with its crews, is a place on the board. */
export type Span = { start: string; end: string };

/** A job longer than this many days is asked about one date at a time no more. */
const LONGEST = 400;

export function workdaysOf({
  hours,
  time_off,
  zone,
}: Pick<Schedule, "hours" | "time_off" | "zone">): Workdays {
  const closed = new Set<string>();
  for (const off of time_off) {
    if (off.kind !== "holiday" || off.person_id !== null || off.machine_id !== null) continue;
    for (const date of datesOf(off, zone)) closed.add(date);
  }
  return { zone, working: new Set(hours.working_days), closed };
}

/** 1 = Monday … 7 = Sunday. */
export function weekday(date: string): number {
  return (((iso(date)?.toDate("UTC").getUTCDay() ?? 1) + 6) % 7) + 1;
}

export function isWorkday(date: string, { working, closed }: Workdays): boolean {
  return working.has(weekday(date)) && !closed.has(date);
}

/** The working day after (`by` 1) or before (-1) that date; where there is none in a year, the next day. */
export function stepWorkday(date: string, by: 1 | -1, workdays: Workdays): string {
  let to = date;
  for (let i = 0; i < 366; i++) {
    to = addDays(to, by);
    if (isWorkday(to, workdays)) return to;
  }
  return addDays(date, by);
}

/** How many working days later; below 0: sooner. */
export function workdaysLater(from: string, to: string, workdays: Workdays): number {
  const [first, last, sign] = from <= to ? [from, to, 1] : [to, from, -1];
  let days = 0;
  for (let date = addDays(first, 1), i = 0; date <= last && i < LONGEST; date = addDays(date, 1), i++)
    if (isWorkday(date, workdays)) days += 1;
  // From a Friday to a Saturday is later, though nobody works then.
  if (days === 0 && first !== last) days = 1;
  return days * sign;
}

/** The dates it touches, in the office's zone. What ends at midnight does not touch the day after. */
export function datesOf({ start, end }: Span, zone: string): string[] {
  const first = officeDate(start, zone);
  const until = new Date(end).getTime() - 1;
  const last = Number.isNaN(until) ? first : officeDate(new Date(until), zone);
  const dates = first ? [first] : [];
  for (let date = addDays(first, 1); date <= last && dates.length < LONGEST; date = addDays(date, 1))
    dates.push(date);
  return dates;
}

/** That time of that date in the office's zone. A time that daylight saving leaves out is the one after it. */
export function instantAt(date: string, time: string, zone: string): string {
  const day = iso(date);
  const minutes = isTime(time) ? minutesOf(time) : 0;
  if (!day) return date;
  const local = new CalendarDateTime(day.year, day.month, day.day, Math.floor(minutes / 60), minutes % 60);
  return toZoned(local, zone).toAbsoluteString();
}

/** "07:30": what the office's clock shows then. */
export function timeOf(instant: string, zone: string): string {
  try {
    const { hour, minute } = parseAbsolute(instant, zone);
    return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
  } catch {
    return "";
  }
}

/**
 * The same work from another moment on. What is done in a day stays as long as it is; work of several days takes as
 * many working days as before and ends at its usual time.
 */
export function placedAt(span: Span, date: string, time: string, workdays: Workdays): Span {
  const { zone } = workdays;
  const start = instantAt(date, time, zone);
  const length = Math.max(0, Date.parse(span.end) - Date.parse(span.start)) || 0;
  const [from, to] = [officeDate(span.start, zone), officeDate(span.end, zone)];
  if (length < 24 * 3_600_000 || daysBetween(from, to) < 1)
    return { start, end: new Date(Date.parse(start) + length).toISOString() };
  const days = datesOf(span, zone).filter((one) => isWorkday(one, workdays)).length;
  let last = date;
  for (let left = Math.max(days, 1) - (isWorkday(date, workdays) ? 1 : 0); left > 0; left--)
    last = stepWorkday(last, 1, workdays);
  const end = instantAt(last, timeOf(span.end, zone), zone);
  return {
    start,
    end: Date.parse(end) > Date.parse(start) ? end : new Date(Date.parse(start) + length).toISOString(),
  };
}
