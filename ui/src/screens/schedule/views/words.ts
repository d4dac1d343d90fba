import type { JobGroup } from "$/ipc/client";
import { shortDate } from "$/lib/time";

import type { Range, ScheduleFilters } from "../filters";

export const RANGE_WORDS: Record<Exclude<Range, "dates">, string> = {
  ahead: "From today",
  week: "This week",
  month: "Next 30 days",
  season: "This season (April to November)",
  all: "All days",
};

export const GROUP_WORDS: Record<JobGroup, string> = {
  none: "No groups",
  day: "Day",
  week: "Week",
  status: "Status",
  crew: "Crew",
  customer: "Customer",
  service: "Service",
};

/** "Next 30 days", "Jun 1 – Jun 30", "Until Jun 30". */
export function rangeWords(
  filters: Pick<ScheduleFilters, "range" | "from" | "until">,
  today: string,
): string {
  if (filters.range === "season") return "This season";
  if (filters.range !== "dates") return RANGE_WORDS[filters.range];
  const day = (date: string) => shortDate(date, today).replace(/^\w+, /, "");
  const { from, until } = filters;
  if (from && until) return from === until ? day(from) : `${day(from)} – ${day(until)}`;
  return from ? `From ${day(from)}` : `Until ${day(until ?? today)}`;
}
