import type { JobFilter, JobGroup, JobSort } from "$/ipc/client";
import { iso } from "$/lib/dates";
import { isId } from "$/shell/router.svelte";

export const ZOOMS = ["day", "days2", "week", "weeks2", "month"] as const;
export type Zoom = (typeof ZOOMS)[number];

export const ROWS = ["crews", "people", "machines"] as const;
export type Rows = (typeof ROWS)[number];

export const STATUSES = [
  "scheduled",
  "confirmed",
  "in_progress",
  "completed",
  "canceled",
  "rescheduled",
] as const;
/** What nobody has narrowed: a canceled job takes no place. */
const USUAL_STATUSES: string[] = STATUSES.filter((status) => status !== "canceled");

/** `none`: jobs without a contract. */
export const SERVICES = ["residential", "commercial", "maintenance", "emergency", "custom", "none"] as const;

export const SORTS = [
  "start",
  "end",
  "customer",
  "address",
  "status",
  "priority",
  "updated",
  "created",
] as const satisfies readonly JobSort[];

export const GROUPS = [
  "none",
  "day",
  "week",
  "status",
  "crew",
  "customer",
  "service",
] as const satisfies readonly JobGroup[];

/** Which days the list shows; `dates`: from one to another, as `from` and `until` say. */
export const RANGES = ["ahead", "week", "month", "season", "all", "dates"] as const;
export type Range = (typeof RANGES)[number];

/** What the schedule shows. It stands in the route, so that Back, a link, a saved view and a restart lead to the same. */
export type ScheduleFilters = {
  /** The day the shown part is about, as "2026-06-15"; null: today, also tomorrow. */
  date: string | null;
  zoom: Zoom;
  rows: Rows;
  /** The hours before and after work are shown, too. */
  night: boolean;

  /** Empty: all but canceled ones. */
  statuses: string[];
  /** Empty: all. */
  services: string[];
  /** Ids; empty: all. */
  crews: string[];
  /** Only (not) weather-dependent ones. */
  weather: boolean | null;
  /** 2–5 */
  priority: number | null;
  text: string;
  outside: boolean;
  unassigned: boolean;
  clashing: boolean;

  sort: JobSort;
  descending: boolean;
  group: JobGroup;
  range: Range;
  /** First day, where `range` is `dates`; null: from the beginning. */
  from: string | null;
  /** Last day, where `range` is `dates`; null: without end. */
  until: string | null;
};

/** The part of the filters that says which jobs are shown; the rest says how. */
export type Narrowing = Pick<
  ScheduleFilters,
  "statuses" | "services" | "crews" | "weather" | "priority" | "text" | "outside" | "unassigned" | "clashing"
>;

export const EVERY_JOB: Narrowing = {
  statuses: [],
  services: [],
  crews: [],
  weather: null,
  priority: null,
  text: "",
  outside: false,
  unassigned: false,
  clashing: false,
};

export const PLAIN: ScheduleFilters = {
  date: null,
  zoom: "week",
  rows: "crews",
  night: false,
  ...EVERY_JOB,
  sort: "start",
  descending: false,
  group: "day",
  range: "ahead",
  from: null,
  until: null,
};

const TEXT = 200;
const MOST_CREWS = 100;

/** Anybody can write into a route: what is not understood is as if it were not there. */
export function readFilters(route: string | undefined): ScheduleFilters {
  const values = new URLSearchParams(route);
  const text = (name: string) => values.get(name) ?? "";
  const from = day(text("from"));
  const until = day(text("until"));
  const range = oneOf(RANGES, text("range"), PLAIN.range);
  const priority = Number(text("priority"));
  const backwards = from !== null && until !== null && until < from;
  return {
    date: day(text("date")),
    zoom: oneOf(ZOOMS, text("zoom"), PLAIN.zoom),
    rows: oneOf(ROWS, text("rows"), PLAIN.rows),
    night: text("night") === "1",

    statuses: some(STATUSES, text("status")),
    services: some(SERVICES, text("service")),
    crews: [...new Set(list(text("crew")).map((id) => id.toLowerCase()))].filter(isId).slice(0, MOST_CREWS),
    weather: text("weather") === "yes" ? true : text("weather") === "no" ? false : null,
    priority: Number.isInteger(priority) && priority >= 2 && priority <= 5 ? priority : null,
    text: text("text").slice(0, TEXT),
    outside: text("outside") === "1",
    unassigned: text("unassigned") === "1",
    clashing: text("clashing") === "1",

    sort: oneOf(SORTS, text("sort"), PLAIN.sort),
    descending: text("desc") === "1",
    group: oneOf(GROUPS, text("group"), PLAIN.group),
    ...(from !== null || until !== null
      ? { range: "dates", from: backwards ? until : from, until: backwards ? from : until }
      : { range: range === "dates" ? PLAIN.range : range, from: null, until: null }),
  };
}

/** Only what is not as usual. */
export function writeFilters(filters: ScheduleFilters): string {
  const values = new URLSearchParams();
  const put = (name: string, value: string | null | false) => value && values.set(name, value);
  const unlike = <K extends "zoom" | "rows" | "sort" | "group" | "range">(name: K) =>
    filters[name] === PLAIN[name] ? null : filters[name];
  put("date", filters.date);
  put("zoom", unlike("zoom"));
  put("rows", unlike("rows"));
  put("night", filters.night && "1");

  put("status", filters.statuses.join(","));
  put("service", filters.services.join(","));
  put("crew", filters.crews.join(","));
  put("weather", filters.weather === null ? null : filters.weather ? "yes" : "no");
  put("priority", filters.priority === null ? null : String(filters.priority));
  put("text", filters.text.trim() === "" ? null : filters.text);
  put("outside", filters.outside && "1");
  put("unassigned", filters.unassigned && "1");
  put("clashing", filters.clashing && "1");

  put("sort", unlike("sort"));
  put("desc", filters.descending && "1");
  put("group", unlike("group"));
  // A range of dates is its dates.
  if (filters.range === "dates") {
    put("from", filters.from);
    put("until", filters.until);
  } else put("range", unlike("range"));
  return values.toString();
}

/** As the core wants it. */
export function jobFilter(filters: Narrowing): JobFilter {
  return {
    statuses: filters.statuses.length > 0 ? filters.statuses : USUAL_STATUSES,
    services: filters.services,
    crews: filters.crews,
    weather: filters.weather,
    min_priority: filters.priority,
    text: filters.text.trim() || null,
    outside: filters.outside,
    unassigned: filters.unassigned,
    clashing: filters.clashing,
  };
}

/** Something may be hidden by them. */
export function isNarrowed(filters: Narrowing): boolean {
  return (
    filters.statuses.length > 0 ||
    filters.services.length > 0 ||
    filters.crews.length > 0 ||
    filters.weather !== null ||
    filters.priority !== null ||
    filters.text.trim() !== "" ||
    filters.outside ||
    filters.unassigned ||
    filters.clashing
  );
}

function day(text: string): string | null {
  const date = iso(text);
  return date && date.year >= 1900 && date.year <= 2199 ? date.toString() : null;
}

function oneOf<V extends string>(known: readonly V[], value: string, usual: V): V {
  return known.find((one) => one === value) ?? usual;
}

function list(text: string): string[] {
  return text.split(",").filter(Boolean);
}

/** In the order they are known in, each once. */
function some(known: readonly string[], text: string): string[] {
  const named = list(text);
  return known.filter((one) => named.includes(one));
}
