import { CalendarDateTime, parseAbsolute, toCalendarDateTime, toZoned } from "@internationalized/date";

import { addDays } from "$/lib/dates";
import { daysBetween } from "$/lib/time";

import { LONGEST_SHIFT } from "../job/when";

/*
  Moving keeps what the clock says. A job from 6:00 to 15:00 that goes to the Sunday after the clocks change is there
  from 6:00 to 15:00, although an hour was lost in the night; so moves are reckoned in minutes of the office's clock.
*/
export type Times = { start: string; end: string };

const MINUTE = 60_000;
const MOST_DAYS = 2_000;
export const DAY_MINUTES = 24 * 60;
/** Nothing is made shorter than this. */
export const SHORTEST = 15;

function local(instant: string | number, zone: string): CalendarDateTime {
  const iso = typeof instant === "number" ? new Date(instant).toISOString() : new Date(instant).toISOString();
  return toCalendarDateTime(parseAbsolute(iso, zone));
}

/** Minutes of the clock since 1970, as if there were no zones. */
export function clockOf(instant: string | number, zone: string): number {
  return local(instant, zone).toDate("UTC").getTime() / MINUTE;
}

/** The moment at which the clock shows that; in the hour that is skipped in spring, an hour later. */
export function instantOf(clock: number, zone: string): string {
  const at = new Date(clock * MINUTE);
  const there = new CalendarDateTime(
    at.getUTCFullYear(),
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
  );
  return toZoned(there, zone).toDate().toISOString();
}

/** By minutes of the clock. A move of nothing changes nothing, also in the hour that is there twice in autumn. */
export function moved({ start, end }: Times, minutes: number, zone: string): Times {
  if (minutes === 0) return { start, end };
  const to = instantOf(clockOf(start, zone) + minutes, zone);
  const until = instantOf(clockOf(end, zone) + minutes, zone);
  // In the night the clock goes back a short job would end before it begins.
  const ends = Date.parse(until) > Date.parse(to);
  const length = Date.parse(end) - Date.parse(start);
  return { start: to, end: ends ? until : new Date(Date.parse(to) + length).toISOString() };
}

/**
 * The same for work over several days, which leaves out the days the office does not work: it takes as many working days
 * where it goes. Whoever put its first or last day on a day off works through those, and so it goes by the clock.
 */
export function movedOverDaysOff(
  times: Times,
  minutes: number,
  zone: string,
  works: (date: string) => boolean,
): Times {
  const to = moved(times, minutes, zone);
  if (minutes === 0 || Date.parse(times.end) - Date.parse(times.start) <= LONGEST_SHIFT * MINUTE) return to;
  const [first, last] = [dateOf(clockOf(times.start, zone)), dateOf(clockOf(times.end, zone) - 1)];
  if (first === last || !works(first) || !works(last)) return to;
  let days = 1;
  for (let day = first; day < last; day = addDays(day, 1)) if (works(addDays(day, 1))) days += 1;
  const begins = dateOf(clockOf(to.start, zone));
  let ends = begins;
  for (let tries = 0; days > 1 && tries < MOST_DAYS; tries += 1) {
    ends = addDays(ends, 1);
    if (works(ends)) days -= 1;
  }
  const longer = daysBetween(begins, ends) - daysBetween(first, last);
  return { start: to.start, end: instantOf(clockOf(to.end, zone) + longer * DAY_MINUTES, zone) };
}

function dateOf(clock: number): string {
  return new Date(clock * MINUTE).toISOString().slice(0, 10);
}

export type Edge = "start" | "end";

/** One edge by minutes of the clock; the other stays. */
export function stretched({ start, end }: Times, edge: Edge, minutes: number, zone: string): Times {
  if (minutes === 0) return { start, end };
  const shortest = SHORTEST * MINUTE;
  if (edge === "end") {
    const to = Date.parse(instantOf(clockOf(end, zone) + minutes, zone));
    return { start, end: new Date(Math.max(to, Date.parse(start) + shortest)).toISOString() };
  }
  const to = Date.parse(instantOf(clockOf(start, zone) + minutes, zone));
  return { start: new Date(Math.min(to, Date.parse(end) - shortest)).toISOString(), end };
}

/** How far it is from a job's edge to a moment, on the clock, so that the edge comes to stand on a step. */
export function snapped(from: string, to: number, step: number, zone: string): number {
  const [was, wanted] = [clockOf(from, zone), clockOf(to, zone)];
  // By whole days the time of day stays, odd as it may be.
  if (step >= DAY_MINUTES)
    return (Math.floor(wanted / DAY_MINUTES) - Math.floor(was / DAY_MINUTES)) * DAY_MINUTES;
  return Math.round(wanted / step) * step - was;
}
