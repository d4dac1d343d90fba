import type { Schedule, ScheduleJob, TimeOff } from "$/ipc/client";
import { clockTime, longDate, officeDate, timeRange } from "$/lib/time";
import { count, label, plain, shorten } from "$/lib/words";

/** Whose job it is; where nobody is known, where it is. */
export function jobName(job: Pick<ScheduleJob, "customer" | "address">): string {
  const customer = job.customer ?? "";
  const name = plain(customer).trim() === "" ? job.address : customer;
  return plain(name).trim() === "" ? "No customer" : shorten(name.replace(/\s+/g, " "), 120);
}

/** "7a", "12:30p": where a chip has no room for more. */
export function tinyTime(instant: string, zone: string): string {
  return clockTime(instant, zone)
    .replace(":00", "")
    .replace(/ (A|P)M$/, (_, half: string) => half.toLowerCase());
}

/** The crews it names, as the office calls them. */
export function crewNames(job: ScheduleJob, schedule: Pick<Schedule, "crews"> | null): string[] {
  // One or two of them: a map of all the crews for each of hundreds of jobs would take longer.
  return job.crews.flatMap((id) => schedule?.crews.find((crew) => crew.id === id)?.name ?? []);
}

/** What is special about it, in words: color and marks say it to those who see them. */
export function remarks(job: ScheduleJob): string[] {
  return [
    job.clashes > 0 && count(job.clashes, "clash", "clashes"),
    job.overridden > 0 && "booked over another on purpose",
    job.crews.length + job.people.length === 0 && "nobody on it",
    job.unknown > 0 && count(job.unknown, "unknown name"),
    job.weather_dependent && "depends on the weather",
    job.pinned && "pinned",
    job.priority >= 5 && "urgent",
    job.is_new && "new from outside",
  ].filter((word) => word !== false);
}

/** All of it in one sentence, for a screen reader and for whoever hovers. */
export function jobSentence(job: ScheduleJob, zone: string, schedule: Schedule | null): string {
  const today = schedule?.today ?? officeDate(new Date(job.start), zone);
  const customer = plain(job.customer ?? "").trim();
  return [
    jobName(job),
    customer !== "" && shorten(job.address.replace(/\s+/g, " "), 120),
    timeRange(job.start, job.end, zone, today),
    label(job.status),
    ...crewNames(job, schedule).map((name) => shorten(name, 60)),
    ...remarks(job),
  ]
    .filter(Boolean)
    .join(", ");
}

/** "4 more jobs on Thursday, June 18, 1 of them in a clash". */
export function moreWords(jobs: readonly { job: ScheduleJob }[], date: string): string {
  const clashing = jobs.filter(({ job }) => job.clashes > 0).length;
  const words = `${count(jobs.length, "more job")} on ${longDate(date)}`;
  return clashing === 0 ? words : `${words}, ${clashing} of them in a clash`;
}

export type DayKind = "work" | "off" | "closed" | "rain";

/** What the office does on a day, and how that is called. */
export function dayOf(
  date: string,
  schedule: Schedule | null,
  zone: string,
): { kind: DayKind; names: string[] } {
  if (!schedule) return { kind: "work", names: [] };
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay() || 7;
  const here = schedule.time_off.filter(
    (off) => off.person_id === null && off.machine_id === null && covers(off, date, zone),
  );
  const names = here.map((off) => {
    const note = plain(off.note ?? "").trim();
    return shorten(note === "" ? label(off.kind) : note, 80);
  });
  const holiday = here.some((off) => off.kind !== "rain");
  const kind = holiday
    ? "closed"
    : here.length > 0
      ? "rain"
      : schedule.hours.working_days.includes(weekday)
        ? "work"
        : "off";
  return { kind, names: [...new Set(names)] };
}

function covers(off: TimeOff, date: string, zone: string): boolean {
  const first = officeDate(off.start, zone);
  // What ends at midnight ends on the day before.
  const last = officeDate(new Date(Math.max(Date.parse(off.start), Date.parse(off.end) - 1)), zone);
  return first !== "" && first <= date && last >= date;
}
