import type { CertificateMarks, CertificateState, DayHours, WeekDay } from "$/ipc/client";
import { fullDate } from "$/lib/dates";
import { capital, daysBetween, shortDate } from "$/lib/time";
import { spelledTime } from "$/lib/times";
import { count, label } from "$/lib/words";

/* How this screen says what the database has codes for. */

export type ResourceOf = "person" | "crew" | "machine";

const STATUS: Record<ResourceOf, Record<string, string>> = {
  person: { active: "Active", inactive: "Inactive", on_leave: "On leave", terminated: "Left the company" },
  crew: { active: "Active", inactive: "Inactive" },
  machine: { active: "In use", in_shop: "In the shop", retired: "Retired" },
};

export function statusWord(of: ResourceOf, status: string): string {
  return STATUS[of][status] ?? label(status);
}

export function statusChoices(of: ResourceOf): { value: string; label: string }[] {
  return Object.entries(STATUS[of]).map(([value, word]) => ({ value, label: word }));
}

/** Whom the lists leave out until they are asked for. */
export const GONE: Record<ResourceOf, string> = {
  person: "terminated",
  crew: "inactive",
  machine: "retired",
};

const KINDS: Record<string, string> = {
  leave: "Leave",
  sick: "Sick",
  maintenance: "Maintenance",
  holiday: "Holiday",
  rain: "Rain day",
};

export function offWord(kind: string): string {
  return KINDS[kind] ?? label(kind);
}

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const SHORT = DAYS.map((day) => day.slice(0, 3));

function hoursWord({ from, until }: DayHours): string {
  const next = until <= from && until !== "00:00" ? " (next day)" : "";
  return `${spelledTime(from)} – ${until === "00:00" ? "midnight" : spelledTime(until)}${next}`;
}

export function dayWords(day: WeekDay): string {
  if (day.kind === "off") return "Off";
  if (day.kind === "all_day") return "Any time";
  if (day.kind === "unknown") return "Not said";
  return day.hours.map(hoursWord).join(", ");
}

/** "Mon – Fri": "6:00 AM – 4:30 PM"; days that follow each other and say the same are one line. */
export function weekLines(days: WeekDay[]): { days: string; hours: string; off: boolean }[] {
  const lines: { first: number; last: number; hours: string; off: boolean }[] = [];
  for (const [at, day] of days.entries()) {
    const hours = dayWords(day);
    const before = lines.at(-1);
    if (before?.hours === hours) before.last = at;
    else lines.push({ first: at, last: at, hours, off: day.kind === "off" || day.kind === "unknown" });
  }
  return lines.map(({ first, last, hours, off }) => ({
    days: first === last ? (DAYS[first] ?? "") : `${SHORT[first]} – ${SHORT[last]}`,
    hours,
    off,
  }));
}

export function saysNothing(days: WeekDay[]): boolean {
  return days.every((day) => day.kind === "unknown");
}

/** "Mon, Jun 9 – Fri, Jun 13", "since Jun 9", "from Mon, Jun 9 on". */
export function dayRange(from: string | null, until: string | null, today: string): string {
  if (from !== null && from === until) return shortDate(from, today);
  if (from !== null && until !== null) return `${shortDate(from, today)} – ${shortDate(until, today)}`;
  if (from !== null)
    return from > today ? `from ${shortDate(from, today)} on` : `since ${plainDate(from, today)}`;
  return until === null ? "no dates written down" : `until ${shortDate(until, today)}`;
}

type Stretch = {
  from: string | null;
  from_time: string | null;
  until: string | null;
  until_time: string | null;
};

/** The same with times, where it is not whole days. */
export function stretchWords({ from, from_time, until, until_time }: Stretch, today: string): string {
  if (from_time === null && until_time === null) return capital(dayRange(from, until, today));
  const start = [from && shortDate(from, today), from_time && spelledTime(from_time)]
    .filter(Boolean)
    .join(", ");
  const end = [until !== from && until && shortDate(until, today), until_time && spelledTime(until_time)]
    .filter(Boolean)
    .join(", ");
  return [start, end || "open"].join(" – ");
}

/** "Truck driver" out of "truck driver" and "truck_driver": roles and kinds of machines. */
export function trade(word: string): string {
  return capital(label(word));
}

/** "Nov 19, 2027", "Jun 24": where the day of the week says nothing. */
export function plainDate(date: string, today: string): string {
  return shortDate(date, today).replace(/^[A-Za-z]{3}, /, "");
}

/** "in 12 days", "today", "12 days ago". */
export function fromNow(date: string, today: string): string {
  const days = daysBetween(today, date);
  if (days === 0) return "today";
  if (days === 1) return "tomorrow";
  if (days === -1) return "yesterday";
  return days > 0 ? `in ${count(days, "day")}` : `${count(-days, "day")} ago`;
}

export const CERTIFICATE: Record<CertificateState, { word: string; tone: "good" | "warn" | "bad" }> = {
  valid: { word: "Good", tone: "good" },
  expiring: { word: "Expires soon", tone: "warn" },
  expired: { word: "Expired", tone: "bad" },
  unreadable: { word: "Date cannot be read", tone: "bad" },
};

/** The worst thing about somebody's certificates, and how many there are of it. */
export function marksWord(marks: CertificateMarks): { text: string; tone: "bad" | "warn" } | null {
  const bad = [
    marks.expired > 0 && `${marks.expired} expired`,
    marks.missing.length > 0 && `${marks.missing.length} missing`,
    marks.unreadable > 0 && `${marks.unreadable} unreadable`,
  ].filter(Boolean);
  const soon = marks.expiring > 0 ? `${marks.expiring} expiring` : null;
  if (bad.length > 0) return { text: [...bad, soon].filter(Boolean).join(", "), tone: "bad" };
  return soon ? { text: soon, tone: "warn" } : null;
}

/** A whole date for screen readers and tooltips. */
export const spoken = fullDate;

/** A color that can be drawn; anything else the office wrote is none. */
export function usableColor(color: string | null): string | null {
  return color !== null && /^#[0-9a-f]{6}$/i.test(color) ? color : null;
}

export const COLORS = [
  "#b4532a",
  "#c98a1b",
  "#5b7f4b",
  "#2f7f7a",
  "#3f6f8f",
  "#7a5ea8",
  "#a34a6a",
  "#8a6d3b",
];
