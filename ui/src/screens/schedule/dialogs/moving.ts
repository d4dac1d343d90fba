import type { Consequences, JobEdit, JobMove, Office, Reassign, ResourceKind, Schedule } from "$/ipc/client";
import { addDays } from "$/lib/dates";
import { shortDate } from "$/lib/time";
import { spelledTime } from "$/lib/times";
import { count } from "$/lib/words";

import { holidaysOf } from "../job/resources.svelte";
import {
  addClock,
  after,
  dateOf,
  instantOf,
  isLocal,
  isWorkingDay,
  lengthOf,
  local,
  localOf,
  LONGEST_SHIFT,
  nextDay,
  timeOf,
  workMinutes,
  type Local,
} from "../job/when";

/** Where one job goes. */
export type Place = { id: string; start: Local; end: Local };

export type MoveOptions = {
  /** One job: the day and time it begins, and how long it takes. */
  date: string;
  time: string;
  minutes: number | null;
  /** Several: by so many days, or all to `date`, each at its own time. */
  by: "days" | "date";
  days: number;
  skipDaysOff: boolean;
};

export function isWork(
  schedule: Pick<Schedule, "hours" | "time_off" | "zone"> | null,
): (date: string) => boolean {
  if (!schedule) return () => true;
  const holidays = holidaysOf(schedule);
  return (date) => isWorkingDay(date, schedule.hours, holidays);
}

/** That many days on; a day the office does not work is gone past. */
export function shiftDay(date: string, days: number, works: ((date: string) => boolean) | null): string {
  if (!works) return addDays(date, days);
  const step = days < 0 ? -1 : 1;
  let day = date;
  for (let left = Math.abs(days), tries = 0; left > 0 && tries < 2_000; tries += 1) {
    day = nextDay(day, step);
    if (works(day)) left -= 1;
  }
  // Not moved at all, or onto a day off that it was on before.
  for (let tries = 0; !works(day) && tries < 60; tries += 1) day = nextDay(day, step);
  return day;
}

/** Where each goes. Work over several days is laid out by the core, which knows the days off. */
export async function places(
  office: Pick<Office, "jobSpan">,
  jobs: readonly JobEdit[],
  options: MoveOptions,
  schedule: Schedule | null,
): Promise<Place[]> {
  const works = isWork(schedule);
  return Promise.all(
    jobs.map(async (job) => {
      const { zone } = job;
      const [start, end] = [localOf(job.input.start, zone), localOf(job.input.end, zone)];
      const to = newStart(jobs.length === 1, start, options, works);
      const minutes = jobs.length === 1 && options.minutes !== null ? options.minutes : null;
      return {
        id: job.id ?? "",
        start: to,
        end: await newEnd(office, { start, end, to, minutes }, job, options, schedule),
      };
    }),
  );
}

function newStart(
  alone: boolean,
  start: Local,
  options: MoveOptions,
  works: (date: string) => boolean,
): Local {
  if (alone) return local(options.date, options.time);
  if (options.by === "date") return local(options.date, timeOf(start));
  return local(shiftDay(dateOf(start), options.days, options.skipDaysOff ? works : null), timeOf(start));
}

async function newEnd(
  office: Pick<Office, "jobSpan">,
  { start, end, to, minutes }: { start: Local; end: Local; to: Local; minutes: number | null },
  { zone }: JobEdit,
  { skipDaysOff }: MoveOptions,
  schedule: Schedule | null,
): Promise<Local> {
  const from = instantOf(to, zone);
  if (!from) return end;
  const length = lengthOf(start, end, zone) ?? 0;
  const same = minutes === null;
  // Only who comes changes: days off that are in it already stay in it.
  if (same && to === start) return end;
  if ((same ? length : minutes) <= LONGEST_SHIFT) {
    // As far from the start by the clock: over a change of the clocks six o'clock stays six o'clock.
    if (same) return addClock(to, Math.round((Date.parse(`${end}Z`) - Date.parse(`${start}Z`)) / 60_000));
    return after(to, minutes, zone);
  }
  const work = minutes ?? (schedule ? workMinutes(start, end, schedule.hours, isWork(schedule)) : 0);
  if ((!skipDaysOff && same) || work <= 0)
    return addClock(to, Math.round((Date.parse(`${end}Z`) - Date.parse(`${start}Z`)) / 60_000));
  return localOf(await office.jobSpan(from.instant, (work / 60).toFixed(2), skipDaysOff), zone);
}

/** As the core wants them. A job that changes neither time nor row is left out. */
export function movesOf(
  jobs: readonly JobEdit[],
  placed: readonly Place[],
  reassign: Reassign | null,
  versions: Map<string, number> | null,
): JobMove[] {
  return placed.flatMap((place) => {
    const job = jobs.find((one) => one.id === place.id);
    if (!job || !isLocal(place.start) || !isLocal(place.end)) return [];
    const start = instantOf(place.start, job.zone);
    const end = instantOf(place.end, job.zone);
    if (!start || !end) return [];
    const stays =
      place.start === localOf(job.input.start, job.zone) && place.end === localOf(job.input.end, job.zone);
    if (stays && !reassign) return [];
    return [
      {
        id: place.id,
        version: versions?.get(place.id) ?? job.version,
        start: stays ? job.input.start : start.instant,
        end: stays ? job.input.end : end.instant,
        reassign,
      },
    ];
  });
}

/** "Thu, Jun 18, 6:00 AM". */
export function placeWords(start: Local, today: string): string {
  return `${shortDate(dateOf(start), today)}, ${spelledTime(timeOf(start))}`;
}

/** What is on any of the jobs, to be taken off. */
export function onThem(jobs: readonly JobEdit[], kind: ResourceKind): { id: string; name: string }[] {
  const found = new Map<string, string>();
  for (const { input } of jobs)
    for (const word of kind === "machine" ? input.machines : input.crew)
      if (word.kind === kind && word.id !== null) found.set(word.id, word.name);
  return [...found].map(([id, name]) => ({ id, name }));
}

/** "Nothing is double-booked" or how much is. */
export function verdict(found: readonly Consequences[]): string {
  const clashes = found.filter((one) => one.clashes.length > 0).length;
  const warned = found.filter((one) => one.clashes.length === 0 && one.warnings.length > 0).length;
  if (clashes === 0 && warned === 0) return "Nobody and nothing would be double-booked.";
  return [
    clashes > 0 && count(clashes, "job would clash", "jobs would clash"),
    warned > 0 && count(warned, "job has something against it", "jobs have something against them"),
  ]
    .filter(Boolean)
    .join("; ")
    .concat(".");
}
