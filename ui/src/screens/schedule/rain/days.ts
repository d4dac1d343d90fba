import type { RainRequest, Schedule, ScheduleJob } from "$/ipc/client";
import { addDays } from "$/lib/dates";
import { daysBetween, longDate } from "$/lib/time";
import { spelledTime } from "$/lib/times";

import { datesOf, instantAt, isWorkday, timeOf, workdaysOf } from "./workdays";

/** How far ahead somebody marks rain. */
export const DAYS_AHEAD = 14;
/** What is read: marked days, and the time after them that jobs move to. */
export const DAYS_READ = 28;
export const NOON = "12:00";

export type RainDay = {
  date: string;
  /** Jobs that cannot be done in the rain. */
  jobs: number;
  working: boolean;
  /** It was recorded as a rain day before. */
  rained: boolean;
};

/** Canceled and finished work does not get wet. */
export function canGetWet(job: ScheduleJob): boolean {
  return job.weather_dependent && job.status !== "canceled" && job.status !== "completed";
}

/** The coming days, each with how much the rain would stop. */
export function rainDays(schedule: Schedule): RainDay[] {
  const workdays = workdaysOf(schedule);
  const jobs = new Map<string, number>();
  for (const job of schedule.jobs)
    if (canGetWet(job))
      for (const date of datesOf(job, schedule.zone)) jobs.set(date, (jobs.get(date) ?? 0) + 1);
  const rained = new Set<string>();
  for (const off of schedule.time_off)
    if (off.kind === "rain") for (const date of datesOf(off, schedule.zone)) rained.add(date);
  return Array.from({ length: DAYS_AHEAD }, (_, i) => {
    const date = addDays(schedule.today, i);
    return { date, jobs: jobs.get(date) ?? 0, working: isWorkday(date, workdays), rained: rained.has(date) };
  });
}

/** How many jobs lie in this rain, whatever a plan does with them. */
export function jobsInRain(schedule: Schedule, days: readonly string[], fromTime: string | null): number {
  const dates = new Set(days);
  const first = [...days].sort()[0];
  if (first === undefined) return 0;
  const begins = Date.parse(instantAt(first, fromTime ?? "00:00", schedule.zone));
  return schedule.jobs.filter(
    (job) =>
      canGetWet(job) &&
      datesOf(job, schedule.zone).some(
        (date) => dates.has(date) && (date !== first || Date.parse(job.end) > begins),
      ),
  ).length;
}

/** It is the morning of a working day: most likely it rains now. */
export function usualDays(schedule: Schedule): string[] {
  const works = isWorkday(schedule.today, workdaysOf(schedule));
  return works && timeOf(schedule.as_of, schedule.zone) < NOON ? [schedule.today] : [];
}

/** "Rain on Tuesday, June 9", as every job's history will say it. */
export function reasonFor({ days, from_time }: Pick<RainRequest, "days" | "from_time">): string {
  const sorted = [...days].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return "Rain";
  const since = from_time === null ? "" : ` from ${spelledTime(from_time)}`;
  if (sorted.length === 1) return `Rain on ${longDate(first)}${since}`;
  if (sorted.length > 2 && daysBetween(first, last) === sorted.length - 1)
    return `Rain from ${longDate(first)}${since && `,${since.slice(5)}`} to ${longDate(last)}`;
  // Three dates with their weekdays would be a sentence nobody reads.
  const word = sorted.length === 2 ? longDate : (date: string) => longDate(date).replace(/^\w+, /, "");
  const words = sorted.map((date) => word(date) + (date === first ? since : ""));
  return `Rain on ${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
