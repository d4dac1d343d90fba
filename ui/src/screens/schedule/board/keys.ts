import type { BoardView, Cell } from "./board.svelte";
import type { LaidRow } from "./layout";

/** Where an arrow, Home, End or a page key leads from a cell; null: it is none of them. */
export function step(
  view: BoardView,
  from: Cell,
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">,
): Cell | null {
  const { rows } = view.layout;
  const index = rows.findIndex(({ row }) => row.key === from.row);
  const laid = rows[index];
  if (!laid) return null;
  const at = laid.bars.findIndex(({ job }) => job.id === from.job);
  const whole = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case "ArrowLeft":
      return cell(laid, at - 1);
    case "ArrowRight":
      return cell(laid, Math.min(at + 1, laid.bars.length - 1));
    case "ArrowUp":
      return beside(view, from, rows[Math.max(0, index - 1)]!);
    case "ArrowDown":
      return beside(view, from, rows[Math.min(rows.length - 1, index + 1)]!);
    case "Home":
      return whole ? cell(rows[0]!, -1) : cell(laid, -1);
    case "End":
      return whole ? cell(rows.at(-1)!, rows.at(-1)!.bars.length - 1) : cell(laid, laid.bars.length - 1);
    case "PageUp":
    case "PageDown": {
      const by =
        (event.key === "PageUp" ? -1 : 1) *
        Math.max(1, Math.floor(view.height / Math.max(1, laid.height)) - 1);
      return beside(view, from, rows[Math.min(rows.length - 1, Math.max(0, index + by))]!);
    }
    default:
      return null;
  }
}

function cell(laid: LaidRow, bar: number): Cell {
  return { row: laid.row.key, job: bar < 0 ? null : (laid.bars[bar]?.job.id ?? null) };
}

/** The job of that row which stands nearest to where the keys are in time. */
function beside(view: BoardView, from: Cell, to: LaidRow): Cell {
  if (to.row.key === from.row) return from;
  const bar = view.barOf(from)?.bar;
  if (!bar || to.bars.length === 0) return { row: to.row.key, job: null };
  const middle = bar.x + Math.min(bar.width, 40) / 2;
  const far = (x: number, width: number) => Math.max(0, x - middle, middle - (x + width));
  let best = to.bars[0]!;
  for (const one of to.bars) if (far(one.x, one.width) < far(best.x, best.width)) best = one;
  return { row: to.row.key, job: best.job.id };
}
