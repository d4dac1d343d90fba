import type { Schedule, ScheduleJob } from "$/ipc/client";
import { addDays } from "$/lib/dates";
import { daysBetween, officeDate } from "$/lib/time";
import { minutesOf } from "$/lib/times";

import { canGetWet } from "./days";
import type { Place, Row } from "./edits";
import { crewWords } from "./words";
import { datesOf, timeOf } from "./workdays";

/** Where a job is drawn: from the left edge, in days; and in which line of its crew. */
export type Spot = { row: number; lane: number; left: number; width: number };
export type Box = {
  key: string;
  id: string;
  service: string | null;
  /** It moves. */
  moves: boolean;
  /** Null: not on this side of the picture. */
  before: Spot | null;
  after: Spot | null;
};
export type PictureRow = { crew: string | null; name: string; lanes: number; top: number };
export type Picture = {
  from: string;
  days: number;
  rows: PictureRow[];
  boxes: Box[];
  /** Lines in all. */
  lanes: number;
  /** Crews that have to do with it and are not drawn. */
  more: number;
};

const MOST_CREWS = 16;
/** A quarter of an hour would be a hair. */
const NARROWEST = 0.14;

/** The weeks after the rain by crew, as they are and as they would be. Crews that have nothing to do with it are left out. */
export function pictureOf(
  schedule: Schedule,
  rows: readonly Row[],
  rain: readonly string[],
  days: number,
): Picture {
  const from = rain[0] ?? schedule.today;
  const { zone } = schedule;
  const wet = new Set(rain);
  const moving = new Map(rows.filter((row) => row.takes).map((row) => [row.job.id, row.place!]));
  const concerned = new Set<string | null>();
  const concern = (crews: readonly string[]) => {
    for (const crew of crews.length > 0 ? crews : [null]) concerned.add(crew);
  };
  for (const row of rows) {
    concern(row.job.crews);
    if (row.takes && row.place) concern(row.place.crews);
  }
  const jobs = [...schedule.jobs.filter((job) => job.status !== "canceled"), ...missing(schedule, rows)];
  for (const job of jobs)
    if (canGetWet(job) && datesOf(job, zone).some((date) => wet.has(date))) concern(job.crews);

  const names = new Map(schedule.crews.map((crew) => [crew.id, crew.name]));
  const known = schedule.crews.filter((crew) => concerned.has(crew.id)).map((crew) => crew.id);
  const all: (string | null)[] = [...known, ...(concerned.has(null) ? [null] : [])];
  const crews = all.slice(0, MOST_CREWS);

  const at = (place: Place) => spotOf(place, from, days, schedule);
  const boxes = new Map<string, Box>();
  const lanes = crews.map(() => ({ before: [] as number[], after: [] as number[] }));
  for (const job of [...jobs].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    const to = moving.get(job.id);
    const here: Place = job;
    for (const side of ["before", "after"] as const) {
      const place = side === "after" && to ? to : here;
      const span = at(place);
      if (!span) continue;
      (place.crews.length > 0 ? place.crews : [null]).forEach((crew, nth) => {
        const row = crews.indexOf(crew);
        if (row < 0) return;
        const key = `${job.id}:${nth}`;
        const box: Box = boxes.get(key) ?? {
          key,
          id: job.id,
          service: job.service_type,
          moves: to !== undefined,
          before: null,
          after: null,
        };
        boxes.set(key, { ...box, [side]: { row, lane: laneFor(lanes[row]![side], span), ...span } });
      });
    }
  }
  let top = 0;
  const drawn = crews.map((crew, i): PictureRow => {
    const { before, after } = lanes[i]!;
    const row = {
      crew,
      name: crewWords(crew === null ? [] : [crew], names),
      lanes: Math.max(1, before.length, after.length),
      top,
    };
    top += row.lanes;
    return row;
  });
  return { from, days, rows: drawn, boxes: [...boxes.values()], lanes: top, more: all.length - crews.length };
}

/** Jobs of the plan that begin before or after what was read. */
function missing(schedule: Schedule, rows: readonly Row[]): ScheduleJob[] {
  const read = new Set(schedule.jobs.map((job) => job.id));
  return rows.filter((row) => !read.has(row.job.id)).map((row) => row.job);
}

/** The first line in which there is room, from the left on. */
function laneFor(ends: number[], { left, width }: { left: number; width: number }): number {
  const free = ends.findIndex((end) => end <= left + 0.001);
  const lane = free < 0 ? ends.length : free;
  ends[lane] = left + width;
  return lane;
}

/** A day is as wide as the working day: nights take no room. */
function spotOf(
  place: Place,
  from: string,
  days: number,
  { zone, hours }: Schedule,
): { left: number; width: number } | null {
  const [open, close] = [minutesOf(hours.from), minutesOf(hours.until)];
  const length = close > open ? close - open : 24 * 60;
  const opens = close > open ? open : 0;
  const offset = (instant: string) => {
    const part = (minutesOf(timeOf(instant, zone)) - opens) / length;
    return daysBetween(from, officeDate(instant, zone)) + Math.min(Math.max(part, 0), 1);
  };
  const left = Math.max(0, offset(place.start));
  const right = Math.min(days, Math.max(offset(place.end), left + NARROWEST));
  if (!(left < days) || !(right > 0) || right - left < NARROWEST / 2) return null;
  return { left, width: right - left };
}

export function picturedDays(from: string, days: number): string[] {
  return Array.from({ length: days }, (_, i) => addDays(from, i));
}
