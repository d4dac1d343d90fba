import type { ScheduleJob } from "$/ipc/client";

import { extent, type Axis, type Extent } from "./axis";
import { lanes } from "./lanes";
import type { BoardRow } from "./rows";

/** How tall things are. */
export type Sizes = { bar: number; gap: number; pad: number; least: number };

/** A job on its row. */
export type Bar = Extent & { job: ScheduleJob; lane: number };

export type LaidRow = { row: BoardRow; bars: Bar[]; lanes: number; y: number; height: number };

/** Rows with their bars, one below the other. `tops` has one more: where the last one ends. */
export type Layout = { rows: LaidRow[]; tops: number[]; height: number };

/** The jobs of each row are in order of start, as the office gives them; a change under way may have moved one. */
export function layOut(rows: readonly BoardRow[], axis: Axis, sizes: Sizes): Layout {
  const laid: LaidRow[] = [];
  const tops: number[] = [];
  let y = 0;
  for (const row of rows) {
    const bars: Bar[] = [];
    for (const job of row.jobs) {
      const at = extent(axis, Date.parse(job.start), Date.parse(job.end));
      if (at) bars.push({ ...at, job, lane: 0 });
    }
    bars.sort((a, b) => a.x - b.x || b.width - a.width || (a.job.id < b.job.id ? -1 : 1));
    const { lane, count } = lanes(bars);
    bars.forEach((bar, i) => (bar.lane = lane[i]!));
    const height = rowHeight(count, sizes);
    laid.push({ row, bars, lanes: count, y, height });
    tops.push(y);
    y += height;
  }
  tops.push(y);
  return { rows: laid, tops, height: y };
}

export function rowHeight(count: number, { bar, gap, pad, least }: Sizes): number {
  return Math.max(least, 2 * pad + count * bar + Math.max(0, count - 1) * gap);
}

/** Index of the row at that height; the nearest one above the first and below the last. */
export function rowAt(layout: Layout, y: number): number {
  let [low, high] = [0, layout.rows.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (layout.tops[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The rows between two heights: the first, and the one after the last. */
export function rowsBetween(layout: Layout, top: number, bottom: number): { first: number; last: number } {
  if (layout.rows.length === 0) return { first: 0, last: 0 };
  return { first: rowAt(layout, top), last: rowAt(layout, Math.max(top, bottom - 1)) + 1 };
}

export type Box = { left: number; top: number; right: number; bottom: number };

/** The jobs whose bars touch the box, in the coordinates of the board's content. */
export function within(layout: Layout, box: Box, { bar, gap, pad }: Sizes): Set<string> {
  const found = new Set<string>();
  const { first, last } = rowsBetween(layout, box.top, box.bottom);
  for (const row of layout.rows.slice(first, last))
    for (const one of row.bars) {
      const top = row.y + pad + one.lane * (bar + gap);
      if (one.x < box.right && one.x + one.width > box.left && top < box.bottom && top + bar > box.top)
        found.add(one.job.id);
    }
  return found;
}
