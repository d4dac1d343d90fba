import { DAY_MINUTES } from "../calendar/clock";
import { isOn, type PlacedJob } from "../calendar/placed";

/** A job, or the part of one that is on this day, beside others at the same time. */
export type Block = {
  placed: PlacedJob;
  /** Minutes on the office's clock of this day. */
  from: number;
  until: number;
  lane: number;
  /** How many stand side by side where this one is. */
  lanes: number;
  /** It began on the day before, or goes on after midnight. */
  before: boolean;
  after: boolean;
};

/** Those for which there is no room. */
export type Overflow = { from: number; until: number; lane: number; lanes: number; jobs: PlacedJob[] };

/** What is shorter than this is drawn as if it were that long: it must be seen and hit. */
const SHORTEST = 30;

/** The jobs of one day as blocks; at most `most` side by side, the others together in the last place. */
export function blocks(
  placed: readonly PlacedJob[],
  date: string,
  most: number,
): { blocks: Block[]; overflow: Overflow[] } {
  const on = placed
    .filter((one) => !one.long && isOn(one, date))
    .map((one) => {
      const from = one.first < date ? 0 : Math.min(one.from, DAY_MINUTES - SHORTEST);
      const until = one.last > date ? DAY_MINUTES : one.until;
      // In the autumn night the clock goes back: something may end at an earlier time than it began.
      return {
        placed: one,
        from,
        until: Math.max(until, from + SHORTEST),
        before: one.first < date,
        after: one.last > date,
      };
    })
    .sort((a, b) => a.from - b.from || b.until - a.until || (a.placed.job.id < b.placed.job.id ? -1 : 1));
  const result = { blocks: [] as Block[], overflow: [] as Overflow[] };
  for (const group of together(on)) arrange(group, Math.max(1, most), result);
  return result;
}

type Timed = Omit<Block, "lane" | "lanes">;

/** Those that overlap, and those that overlap with them, and so on. */
function together(sorted: Timed[]): Timed[][] {
  const groups: Timed[][] = [];
  let end = -1;
  for (const one of sorted) {
    if (one.from >= end) groups.push([]);
    groups.at(-1)?.push(one);
    end = Math.max(end, one.until);
  }
  return groups;
}

function arrange(group: Timed[], most: number, into: { blocks: Block[]; overflow: Overflow[] }): void {
  const ends: number[] = [];
  const lanes = group.map((one) => {
    const free = ends.findIndex((end) => end <= one.from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = one.until;
    return lane;
  });
  const fits = ends.length <= most;
  const shown = fits ? ends.length : Math.max(1, most);
  // The last place is for "12 more".
  const usable = fits ? shown : shown - 1;
  const hidden: Timed[] = [];
  group.forEach((one, i) => {
    const lane = lanes[i]!;
    if (lane < usable) into.blocks.push({ ...one, lane, lanes: shown });
    else hidden.push(one);
  });
  if (hidden.length > 0)
    into.overflow.push({
      from: Math.min(...hidden.map(({ from }) => from)),
      until: Math.max(...hidden.map(({ until }) => until)),
      lane: shown - 1,
      lanes: shown,
      jobs: hidden.map(({ placed }) => placed),
    });
}

/** The hours on screen: work with an hour around it, the rest folded into a narrow band at either end. */
export type Axis = { from: number; until: number; minute: number; fold: number; height: number };

export const FOLD = 22;

/** `height` is there to be filled, as long as an hour has at least `least` pixels. */
export function axis(
  work: { from: number; until: number },
  whole: boolean,
  height: number,
  least = 44,
): Axis {
  // An office that wrote its hours the wrong way round works all day.
  const sane = work.from < work.until ? work : { from: 0, until: DAY_MINUTES };
  const from = whole ? 0 : Math.max(0, floorHour(sane.from - 30));
  const until = whole ? DAY_MINUTES : Math.min(DAY_MINUTES, ceilHour(sane.until + 30));
  const folds = (from > 0 ? FOLD : 0) + (until < DAY_MINUTES ? FOLD : 0);
  const minute = Math.max(least / 60, (height - folds) / (until - from));
  return { from, until, minute, fold: FOLD, height: folds + (until - from) * minute };
}

/** Pixels from the top. Inside a fold the hours are pressed together, and still in order. */
export function yOf(minutes: number, { from, until, minute, fold }: Axis): number {
  const top = from > 0 ? fold : 0;
  if (minutes < from) return (minutes / from) * fold;
  if (minutes <= until) return top + (minutes - from) * minute;
  return top + (until - from) * minute + ((minutes - until) / (DAY_MINUTES - until)) * fold;
}

/** The time at that height, in steps. */
export function minutesAt(y: number, { from, until, minute, fold }: Axis, step = 30): number {
  const top = from > 0 ? fold : 0;
  const exact = y < top ? from : from + (y - top) / minute;
  return Math.min(Math.max(Math.floor(exact / step) * step, from), until - step);
}

export function hoursOf({ from, until }: Axis): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((until - from) / 60)) }, (_, i) => from + i * 60);
}

const floorHour = (minutes: number) => Math.floor(minutes / 60) * 60;
const ceilHour = (minutes: number) => Math.ceil(minutes / 60) * 60;
