import { endOfMonth, getDayOfWeek, startOfMonth, type CalendarDate } from "@internationalized/date";

import { addDays, iso } from "$/lib/dates";
import { daysBetween, shortDate } from "$/lib/time";
import type { ScheduleTab } from "$/shell/screens";

import type { ScheduleFilters } from "./filters";

/** Days in the office's zone, from the first to the day after the last. */
export type Span = { from: string; until: string };

/** What the month calendar always has: six weeks, so that nothing jumps from month to month. */
export const MONTH_DAYS = 42;

/** The week of planned work begins on Monday, wherever the office is. */
export function monday(date: string): string {
  const it = iso(date);
  return it ? addDays(date, -getDayOfWeek(it, "en-US", "mon")) : date;
}

/** The days that are on screen. */
export function spanOf(tab: ScheduleTab, filters: ScheduleFilters, today: string): Span {
  const date = filters.date ?? today;
  const days = (from: string, count: number) => ({ from, until: addDays(from, count) });
  if (tab === "week") return days(monday(date), 7);
  if (tab === "month") return days(monday(firstOf(date)), MONTH_DAYS);
  switch (filters.zoom) {
    case "day":
      return days(date, 1);
    case "days2":
      return days(date, 2);
    case "week":
      return days(monday(date), 7);
    case "weeks2":
      return days(monday(date), 14);
    case "month":
      return { from: firstOf(date), until: addDays(lastOf(date), 1) };
  }
}

/** The day to go to for the part before (`-1`) or after (`1`) the one on screen. */
export function stepDate(tab: ScheduleTab, filters: ScheduleFilters, today: string, by: 1 | -1): string {
  const date = filters.date ?? today;
  const zoom = tab === "week" || tab === "month" ? tab : filters.zoom;
  if (zoom === "month") return firstOf(addDays(by > 0 ? lastOf(date) : firstOf(date), by));
  const { from, until } = spanOf(tab, filters, today);
  // By the days on screen, and to the same day of the week: whoever looked at a Wednesday finds one.
  return addDays(date, by * daysBetween(from, until));
}

/** "June 2026", "Week of Jun 15", "Mon, Jun 15": what is on screen, with the year where it is another one. */
export function titleOf(tab: ScheduleTab, filters: ScheduleFilters, today: string): string {
  const date = filters.date ?? today;
  const span = spanOf(tab, filters, today);
  const last = addDays(span.until, -1);
  const year = span.from.slice(0, 4) === today.slice(0, 4) ? "" : `, ${span.from.slice(0, 4)}`;
  const zoom = tab === "week" || tab === "month" ? tab : filters.zoom;
  if (zoom === "day") return shortDate(date, date) + year;
  if (zoom === "month") return `${spelled(date, { month: "long" })} ${date.slice(0, 4)}`;
  if (zoom === "week") return `Week of ${spelled(span.from, { month: "short", day: "numeric" })}${year}`;
  const end = {
    month: last.slice(0, 7) === span.from.slice(0, 7) ? undefined : "short",
    day: "numeric",
  } as const;
  return `${spelled(span.from, { month: "short", day: "numeric" })} – ${spelled(last, end)}${year}`;
}

/** The days the list asks for; null: without end on that side. */
export function listSpan(
  filters: Pick<ScheduleFilters, "range" | "from" | "until">,
  today: string,
): { from: string | null; until: string | null } {
  switch (filters.range) {
    case "ahead":
      return { from: today, until: null };
    case "week":
      return { from: monday(today), until: addDays(monday(today), 7) };
    case "month":
      return { from: today, until: addDays(today, 30) };
    case "season":
      return { from: `${today.slice(0, 4)}-04-01`, until: `${today.slice(0, 4)}-12-01` };
    case "all":
      return { from: null, until: null };
    case "dates":
      return { from: filters.from, until: filters.until && addDays(filters.until, 1) };
  }
}

export function datesOf(span: Span): string[] {
  return Array.from({ length: Math.max(0, daysBetween(span.from, span.until)) }, (_, i) =>
    addDays(span.from, i),
  );
}

function firstOf(date: string): string {
  return ofMonth(date, startOfMonth);
}

function lastOf(date: string): string {
  return ofMonth(date, endOfMonth);
}

function ofMonth(date: string, edge: (date: CalendarDate) => CalendarDate): string {
  const it = iso(date);
  return it ? edge(it).toString() : date;
}

function spelled(date: string, options: Intl.DateTimeFormatOptions): string {
  const it = iso(date);
  return it
    ? new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" }).format(it.toDate("UTC"))
    : date;
}
