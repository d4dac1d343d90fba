import type { OfficeHours } from "$/ipc/client";
import { addDays } from "$/lib/dates";
import { daysBetween } from "$/lib/time";
import { isTime, minutesOf } from "$/lib/times";

import { DAY_MINUTES, instantAt } from "../calendar/clock";

/*
  Where moments stand on the board. Days stand side by side; within a day time runs as it passes, so that the days of
  23 and 25 hours are right. The hours outside work are folded into a strip at either edge of the day, in which they
  are pressed together and still in order.
*/
export type AxisDay = {
  date: string;
  /** Midnight, ms since 1970. */
  start: number;
  /** 23, 24 or 25 hours, in ms. */
  length: number;
  /** What is not folded: ms after midnight. */
  open: number;
  close: number;
  /** Pixels. */
  x: number;
  width: number;
};

export type Axis = {
  days: AxisDay[];
  /** Whole-day boxes: a job fills every day it is on. */
  boxes: boolean;
  /** Width of the strip into which the hours before and after work are folded; 0: nothing is folded. */
  fold: number;
  width: number;
  start: number;
  end: number;
  zone: string;
};

export type AxisOptions = {
  from: string;
  until: string;
  zone: string;
  hours: OfficeHours;
  /** The whole 24 hours. */
  night: boolean;
  boxes: boolean;
  /** Of a day of 24 hours. */
  dayWidth: number;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What is shorter is drawn as if it were this wide: it must be seen and hit. */
export const NARROWEST = 12;

export function makeAxis({ from, until, zone, hours, night, boxes, dayWidth }: AxisOptions): Axis {
  const count = Math.max(1, daysBetween(from, until));
  const midnight = (date: string) => Date.parse(instantAt(date, 0, zone));
  const [opens, closes] = windowOf(hours);
  const folded = !night && !boxes && (opens > 0 || closes < DAY_MINUTES);
  const days: AxisDay[] = [];
  let x = 0;
  let start = midnight(from);
  for (let i = 0; i < count; i++) {
    const date = addDays(from, i);
    const next = midnight(addDays(date, 1));
    const length = next - start;
    const width = night && !boxes ? (dayWidth * length) / DAY : dayWidth;
    const clock = (minutes: number) => Date.parse(instantAt(date, minutes, zone)) - start;
    const usual = length === DAY;
    const open = folded ? (usual ? opens * MINUTE : clock(opens)) : 0;
    const close = folded ? (usual ? closes * MINUTE : clock(closes)) : length;
    days.push({ date, start, length, open, close, x, width });
    x += width;
    start = next;
  }
  const fold = folded ? Math.min(8, dayWidth / 10) : 0;
  return { days, boxes, fold, width: x, start: days[0]!.start, end: start, zone };
}

/** Minutes of the clock between which the office works; one that wrote its hours the wrong way round works all day. */
export function windowOf(hours: OfficeHours): [number, number] {
  const [from, until] = [minutesOf(hours.from), isTime(hours.until) ? minutesOf(hours.until) : DAY_MINUTES];
  return from < until ? [from, until] : [0, DAY_MINUTES];
}

/** Index of the day; below 0: before the first. */
export function dayIndex(axis: Axis, ms: number): number {
  let [low, high] = [0, axis.days.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (axis.days[middle]!.start <= ms) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}

export function xOf(axis: Axis, ms: number): number {
  if (ms <= axis.start) return 0;
  if (ms >= axis.end) return axis.width;
  const day = axis.days[dayIndex(axis, ms)]!;
  const at = ms - day.start;
  if (axis.boxes) return day.x + (at / day.length) * day.width;
  const { fold } = axis;
  if (at < day.open) return day.x + (at / day.open) * fold;
  if (at <= day.close)
    return day.x + fold + ((at - day.open) / (day.close - day.open)) * (day.width - 2 * fold);
  return day.x + day.width - fold + ((at - day.close) / (day.length - day.close)) * fold;
}

export function dayAt(axis: Axis, x: number): AxisDay {
  let [low, high] = [0, axis.days.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (axis.days[middle]!.x <= x) low = middle;
    else high = middle - 1;
  }
  return axis.days[low]!;
}

/**
 * The moment under the pointer; over a fold the edge of the working hours, which is what somebody means there. Beyond the
 * last day it is still that day, not the midnight at which the next one begins.
 */
export function timeAt(axis: Axis, x: number): number {
  const day = dayAt(axis, x);
  const within = Math.min(Math.max(x - day.x - axis.fold, 0), day.width - 2 * axis.fold);
  const at = day.open + (within / (day.width - 2 * axis.fold)) * (day.close - day.open);
  return day.start + Math.min(at, day.length - 1);
}

export type Extent = {
  x: number;
  width: number;
  /** It began before what is shown, or goes on after it. */
  before: boolean;
  after: boolean;
  /** All of it, or its beginning or end, is in a fold. */
  folded: boolean;
};

/** Where it stands; null: nowhere here. */
export function extent(axis: Axis, start: number, end: number): Extent | null {
  if (!(start < axis.end) || !(end > axis.start || (end >= start && start >= axis.start))) return null;
  const [before, after] = [start < axis.start, end > axis.end];
  let [x, right] = [xOf(axis, start), xOf(axis, end)];
  let folded = false;
  if (axis.boxes) {
    const first = axis.days[Math.max(0, dayIndex(axis, start))]!;
    // What ends at midnight is not on the day that begins then.
    const last = axis.days[Math.max(0, dayIndex(axis, Math.min(Math.max(start, end - 1), axis.end - 1)))]!;
    [x, right] = [first.x + 2, last.x + last.width - 2];
  } else if (axis.fold > 0) folded = isFolded(axis, start) || isFolded(axis, end);
  if (right - x < NARROWEST) {
    x = Math.min(x, axis.width - NARROWEST);
    right = x + NARROWEST;
  }
  return { x, width: right - x, before, after, folded };
}

function isFolded(axis: Axis, ms: number): boolean {
  if (ms < axis.start || ms >= axis.end) return false;
  const day = axis.days[dayIndex(axis, ms)]!;
  const at = ms - day.start;
  return at < day.open || at > day.close;
}

/** Lines and their labels within a day. */
export type Tick = { x: number; ms: number };

/** Every so many hours of the clock, at least `least` pixels apart. */
export function ticks(axis: Axis, day: AxisDay, least: number): Tick[] {
  if (axis.boxes) return [];
  const perHour = ((day.width - 2 * axis.fold) * HOUR) / (day.close - day.open);
  const every = [1, 2, 3, 4, 6, 12].find((hours) => hours * perHour >= least);
  if (!every) return [];
  const made: Tick[] = [];
  for (let at = Math.ceil(day.open / HOUR) * HOUR; at < day.close; at += HOUR) {
    const ms = day.start + at;
    if (at > 0 && at > day.open && ((at - day.open) / HOUR) % every === 0)
      made.push({ ms, x: xOf(axis, ms) });
  }
  return made;
}
