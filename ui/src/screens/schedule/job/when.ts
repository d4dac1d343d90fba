import { parseDateTime, toZoned, type CalendarDateTime } from "@internationalized/date";

import type { OfficeHours } from "$/ipc/client";
import { officeDate } from "$/lib/time";
import { isTime } from "$/lib/times";

/*
  A moment as the office's clock shows it: "2026-06-18T06:30". Fields are filled with these; instants are made of them
  at the end, so that six in the morning stays six in the morning when a job moves over a change of the clocks.
*/
export type Local = string;

const LOCAL = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/;

export function isLocal(text: string): boolean {
  return LOCAL.test(text) && read(text) !== null;
}

export function dateOf(local: Local): string {
  return local.split("T")[0] ?? "";
}

export function timeOf(local: Local): string {
  return local.split("T")[1] ?? "";
}

/** Either half may still be empty. */
export function local(date: string, time: string): Local {
  return `${date}T${time}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

export function localOf(instant: string, zone: string): Local {
  const date = officeDate(instant, zone);
  if (date === "") return local("", "");
  let clock = clocks.get(zone);
  if (!clock)
    clocks.set(
      zone,
      (clock = new Intl.DateTimeFormat("en-US", {
        timeZone: zone,
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      })),
    );
  return local(date, clock.format(new Date(instant)));
}

export type Moment = {
  instant: string;
  /** The clock is put forward over it, or shows it twice that night. */
  odd: "skipped" | "twice" | null;
};

/** A time the clock skips is the same time after it; of one it shows twice the first is meant. */
export function instantOf(text: Local, zone: string): Moment | null {
  const clock = read(text);
  if (!clock) return null;
  const first = toZoned(clock, zone, "earlier").toDate().toISOString();
  const second = toZoned(clock, zone, "later").toDate().toISOString();
  if (first === second) return { instant: first, odd: null };
  return localOf(second, zone) === text
    ? { instant: first, odd: "twice" }
    : { instant: second, odd: "skipped" };
}

/** The same instant while the clock shows the same: seconds, and the second of two equal hours, are kept. */
export function keptInstant(text: Local, original: string | null, zone: string): string | null {
  if (original !== null && localOf(original, zone) === text) return original;
  return instantOf(text, zone)?.instant ?? null;
}

/** By the clock, whatever happens to it in between. */
export function clockMinutes(from: Local, to: Local): number | null {
  const [a, b] = [Date.parse(`${from}Z`), Date.parse(`${to}Z`)];
  return isLocal(from) && isLocal(to) ? Math.round((b - a) / 60_000) : null;
}

export function addClock(text: Local, minutes: number): Local {
  const clock = read(text);
  return clock ? clock.add({ minutes }).toString().slice(0, 16) : text;
}

/** What goes by between them. */
export function lengthOf(start: Local, end: Local, zone: string): number | null {
  const [a, b] = [instantOf(start, zone), instantOf(end, zone)];
  return a && b ? Math.round((Date.parse(b.instant) - Date.parse(a.instant)) / 60_000) : null;
}

/** That much later, as the clock shows it then. */
export function after(start: Local, minutes: number, zone: string): Local {
  const from = instantOf(start, zone);
  return from ? localOf(new Date(Date.parse(from.instant) + minutes * 60_000).toISOString(), zone) : start;
}

/** The end that goes with another start: as far from it by the clock as it was. */
export function following(before: { start: Local; end: Local }, start: Local): Local {
  const minutes = clockMinutes(before.start, before.end);
  return minutes !== null && minutes > 0 && isLocal(start) ? addClock(start, minutes) : before.end;
}

/** Up to here a length is one shift; longer work is spread over the office's days. */
export const LONGEST_SHIFT = 16 * 60;
const LONGEST = 366 * 24 * 60;

export type Length = { minutes: number } | { days: number };

/** "8", "8h", "8.5", "8:30", "8 h 30 min", "90 min", "3 days". A bare number is hours. */
export function readLength(typed: string): Length | null {
  const text = typed.toLowerCase().replace(/\s+/g, " ").trim();
  const days = /^(\d{1,3}(?:\.\d)?) ?(?:d|days?)$/.exec(text);
  if (days) return Number(days[1]) > 0 ? { days: Number(days[1]) } : null;
  const parts =
    /^(\d{1,4}):([0-5]\d)(?: ?h)?$/.exec(text) ??
    /^(\d{1,4}(?:[.,]\d{1,2})?)()$/.exec(text) ??
    /^(\d{1,4}(?:[.,]\d{1,2})?) ?(?:h|hrs?|hours?)(?: ?(\d{1,4}) ?(?:m|min|minutes?))?$/.exec(text) ??
    /^()(\d{1,4}) ?(?:m|min|minutes?)$/.exec(text);
  if (!parts) return null;
  const minutes = Math.round(Number((parts[1] || "0").replace(",", ".")) * 60) + Number(parts[2] || 0);
  return minutes > 0 && minutes <= LONGEST ? { minutes } : null;
}

/** "8 h", "8 h 30 min", "45 min". */
export function spelledLength(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 && `${hours} h`, (rest > 0 || hours === 0) && `${rest} min`].filter(Boolean).join(" ");
}

export function minutesOfDay(time: string): number {
  return isTime(time) ? Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)) : 0;
}

/** How long the office works a day. */
export function officeDay(hours: OfficeHours): number {
  const minutes = minutesOfDay(hours.until) - minutesOfDay(hours.from);
  return minutes > 0 ? minutes : 10 * 60;
}

export function isWorkingDay(
  date: string,
  hours: OfficeHours,
  holidays: ReadonlySet<string> = new Set(),
): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
  return hours.working_days.includes(weekday) && !holidays.has(date);
}

/** The days such a job takes: every working day of it, and the first and the last whatever they are. */
export function daysOf(start: Local, end: Local, works: (date: string) => boolean): string[] {
  const last = dateOf(addClock(end, -1));
  const days: string[] = [];
  for (let day = dateOf(start); day <= last && days.length <= 366; day = nextDay(day))
    if (day === dateOf(start) || day === last || works(day)) days.push(day);
  return days;
}

/** The hours of work in a job over several days: what the office works of each of them. */
export function workMinutes(
  start: Local,
  end: Local,
  hours: OfficeHours,
  works: (date: string) => boolean,
): number {
  const [from, until] = [minutesOfDay(hours.from), minutesOfDay(hours.until)];
  let all = 0;
  for (const day of daysOf(start, end, works)) {
    const opens = day === dateOf(start) ? minutesOfDay(timeOf(start)) : from;
    const closes = day === dateOf(end) ? minutesOfDay(timeOf(end)) : until;
    all += Math.max(0, closes - opens);
  }
  return all;
}

export function nextDay(date: string, days = 1): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function read(text: Local): CalendarDateTime | null {
  if (!LOCAL.test(text)) return null;
  try {
    const clock = parseDateTime(text);
    return clock.toString().startsWith(text) ? clock : null;
  } catch {
    return null;
  }
}
