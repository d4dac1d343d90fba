import type { ScheduleJob } from "$/ipc/client";

import { jobName } from "../calendar/words";
import { extent, NARROWEST } from "./axis";
import type { BoardView } from "./board.svelte";
import type { LaidRow } from "./layout";
import type { Times } from "./move";
import type { Carried, Underway } from "./underway";

/** What is under way, where it would stand. */
export type Ghost = {
  key: string;
  job: ScheduleJob | null;
  name: string;
  service: string | null;
  x: number;
  y: number;
  width: number;
  height: number;
};

/** What is drawn of a move of very many. */
const MOST_GHOSTS = 60;

export function ghostsOf(view: BoardView, now: Underway, timesOf: (carried: Carried) => Times): Ghost[] {
  const { axis } = view;
  if (!axis) return [];
  const going = new Set(now.carried.map(({ job }) => job.id));
  const ghost = (carried: Carried | null, times: Times, rowKey: string | null): Ghost[] => {
    const laid = view.layout.rows.find(({ row }) => row.key === rowKey);
    const at = extent(axis, Date.parse(times.start), Date.parse(times.end));
    if (!laid || !at) return [];
    const job = carried?.job ?? null;
    const own =
      carried && rowKey === carried.row ? laid.bars.find((bar) => bar.job.id === job?.id) : undefined;
    const lane = own?.lane ?? freeLane(laid, at.x, at.width, going);
    return [
      {
        key: carried ? `${carried.row}|${carried.job.id}` : "new",
        job,
        name: job ? jobName(job) : (now.work?.customer ?? "New job"),
        service: (job ?? now.work)?.service_type ?? null,
        x: at.x,
        // In a row that has no room for another lane it lies over the last one.
        y: Math.min(view.topOf(laid, lane), laid.y + laid.height - view.sizes.bar),
        width: Math.max(NARROWEST, at.width),
        height: view.sizes.bar,
      },
    ];
  };
  const carried = now.carried.slice(0, MOST_GHOSTS).flatMap((one) => {
    const goes = now.kind === "move" && one.row === now.anchor?.row;
    return ghost(one, timesOf(one), goes ? now.row : one.row);
  });
  return now.times ? [...carried, ...ghost(null, now.times, now.row)] : carried;
}

/** The topmost lane in which it lies over nothing. */
function freeLane(laid: LaidRow, x: number, width: number, going: ReadonlySet<string>): number {
  const taken = new Set<number>();
  for (const bar of laid.bars)
    if (!going.has(bar.job.id) && bar.x < x + width && bar.x + bar.width > x) taken.add(bar.lane);
  let lane = 0;
  while (taken.has(lane)) lane += 1;
  return lane;
}
