import { bars, type Bar, type PlacedJob } from "../calendar/placed";

/** A stretch of a bar on days where there is room for it. */
export type Stretch = Bar & { key: string };
export type Chip = { placed: PlacedJob; lane: number };
export type MonthDay = {
  date: string;
  chips: Chip[];
  /** All jobs of the day, the long ones first. */
  jobs: PlacedJob[];
  /** Those for which there is no room. */
  hidden: PlacedJob[];
  /** How many lanes are shown on it. */
  lanes: number;
};
export type MonthWeek = { days: MonthDay[]; stretches: Stretch[] };

/** One row of the month: bars over days, chips in what is free below; `room` lines fit into a day. */
export function week(placed: readonly PlacedJob[], dates: readonly string[], room: number): MonthWeek {
  const lines = Math.max(1, room);
  const long = bars(
    placed.filter((one) => one.long),
    dates,
  );
  const days = dates.map((date, index): MonthDay => {
    const over = long.filter((bar) => bar.start <= index && bar.end >= index);
    const short = placed.filter((one) => !one.long && one.first === date);
    const taken = new Set(over.map((bar) => bar.lane));
    const chips: Chip[] = [];
    let lane = 0;
    for (const one of short) {
      while (taken.has(lane)) lane += 1;
      chips.push({ placed: one, lane });
      lane += 1;
    }
    const last = Math.max(-1, ...taken, ...chips.map((chip) => chip.lane));
    // Where not all fit, the last line says how many more there are.
    const lanes = last < lines ? lines : lines - 1;
    const hidden = [
      ...over.filter((bar) => bar.lane >= lanes).map((bar) => bar.placed),
      ...chips.filter((chip) => chip.lane >= lanes).map((chip) => chip.placed),
    ];
    return {
      date,
      chips: chips.filter((chip) => chip.lane < lanes),
      jobs: [...over.map((bar) => bar.placed), ...short],
      hidden,
      lanes,
    };
  });
  return { days, stretches: long.flatMap((bar) => stretches(bar, days)) };
}

function stretches(bar: Bar, days: readonly MonthDay[]): Stretch[] {
  const parts: Stretch[] = [];
  for (let index = bar.start; index <= bar.end; index++) {
    if (bar.lane >= (days[index]?.lanes ?? 0)) continue;
    const open = parts.at(-1);
    if (open?.end === index - 1) open.end = index;
    else parts.push({ ...bar, start: index, end: index, key: `${bar.placed.job.id}@${index}` });
  }
  return parts.map((part) => ({
    ...part,
    before: bar.before || part.start > bar.start,
    after: bar.after || part.end < bar.end,
  }));
}
