import { CalendarDateTime, toZoned } from "@internationalized/date";

import { iso } from "$/lib/dates";
import { officeDate } from "$/lib/time";

/*
  Where a moment stands on the office's clock. A day in the week of daylight saving has 23 or 25 hours; on a calendar
  it is as high as the others, and every job stands at what the clock says.
*/
export const DAY_MINUTES = 24 * 60;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes after midnight that a clock in the office shows. */
export function clockMinutes(instant: string, zone: string): number {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return 0;
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: known(zone),
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  const [hour = 0, minute = 0] = format.format(at).split(":").map(Number);
  return hour * 60 + minute;
}

/** The moment a clock in the office shows that; in the hour that is skipped in spring, an hour later. */
export function instantAt(date: string, minutes: number, zone: string): string {
  const day = iso(date);
  if (!day) return "";
  const { year, month, day: dayOfMonth } = minutes >= DAY_MINUTES ? day.add({ days: 1 }) : day;
  const within = Math.max(0, minutes) % DAY_MINUTES;
  const there = new CalendarDateTime(year, month, dayOfMonth, Math.floor(within / 60), within % 60);
  return toZoned(there, known(zone)).toDate().toISOString();
}

/** The last day something is on; what ends at midnight is not on the day that begins then. */
export function lastDate(start: string, end: string, zone: string): string {
  const [from, until] = [Date.parse(start), Date.parse(end)];
  return officeDate(new Date(Math.max(from, until - 1)), zone);
}

/** A zone this webview does not know must not blank the screen. */
function known(zone: string): string {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}
