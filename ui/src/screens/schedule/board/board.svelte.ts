import type { ScheduleJob } from "$/ipc/client";
import { daysBetween } from "$/lib/time";

import { dayOf } from "../calendar/words";
import type { ScheduleStore } from "../schedule.svelte";
import { dayAt, makeAxis, type Axis } from "./axis";
import { layOut, rowsBetween, type Bar, type LaidRow, type Layout, type Sizes } from "./layout";
import { loadOf, shiftsOf, type Load } from "./load";
import { rowsOf } from "./rows";

/** Pixels: the column with the names, and the line with the days. */
export const NAMES = 192;

const TWO_LINES: Sizes = { bar: 40, gap: 4, pad: 6, least: 64 };
const ONE_LINE: Sizes = { bar: 24, gap: 3, pad: 5, least: 52 };
/** The least a day may take, and the least when its night is shown, too. By the number of days. */
const LEAST: [number, number, number][] = [
  [1, 600, 960],
  [2, 420, 800],
  [7, 116, 240],
  [14, 62, 150],
  [Infinity, 28, 28],
];

/** Where the keys act: a job on a row, or the row itself. */
export type Cell = { row: string; job: string | null };

/** Everything of the board that follows from what is loaded, how large it is and where it is scrolled to. */
export class BoardView {
  width = $state(0);
  height = $state(0);
  top = $state(0);
  left = $state(0);
  /** Rows and days are drawn this far beyond what is seen, so that scrolling finds them there; at first they are not. */
  beyond = $state(0);
  /** The one cell that Tab reaches; it is drawn wherever it is. */
  cell = $state.raw<Cell | null>(null);

  readonly data = $derived.by(() => this.store.data);
  readonly days = $derived.by(() =>
    this.data ? Math.max(1, daysBetween(this.data.from, this.data.until)) : 7,
  );
  readonly boxes = $derived.by(() => this.days > 14);
  readonly sizes: Sizes = $derived.by(() => (this.days > 7 ? ONE_LINE : TWO_LINES));
  /** The line of the days; with hours below them where there is room. */
  readonly header = $derived.by(() => (this.boxes ? 44 : this.days > 7 ? 36 : 58));
  /** What is left for time. */
  readonly room = $derived.by(() => Math.max(0, this.width - NAMES));

  readonly axis: Axis | null = $derived.by(() => {
    const { data } = this;
    if (!data || this.width === 0) return null;
    const night = this.store.filters.night && !this.boxes;
    const [, byDay, byNight] = LEAST.find(([days]) => this.days <= days)!;
    return makeAxis({
      from: data.from,
      until: data.until,
      zone: data.zone,
      hours: data.hours,
      night,
      boxes: this.boxes,
      dayWidth: Math.max(night ? byNight : byDay, this.room / this.days),
    });
  });

  readonly rows = $derived.by(() => (this.data ? rowsOf(this.data, this.store.filters.rows) : []));

  readonly layout: Layout = $derived.by(() =>
    this.axis ? layOut(this.rows, this.axis, this.sizes) : { rows: [], tops: [0], height: 0 },
  );

  /** Where the rows that are seen end. */
  readonly #bottom = $derived.by(() => this.top + this.height - this.header);
  /** As far as rows are begun: bars come to them over that last stretch. */
  readonly #far = $derived.by(() => 2 * this.beyond);
  readonly #first = $derived.by(() => rowsBetween(this.layout, this.top - this.#far, this.top).first);
  readonly #last = $derived.by(() => rowsBetween(this.layout, this.top, this.#bottom + this.#far).last);
  readonly #firstDay = $derived.by(() => this.#dayAt(this.left - this.beyond));
  readonly #lastDay = $derived.by(() => this.#dayAt(this.left + this.room + this.beyond));

  /** The rows to draw: what is seen, and the one with the focus. */
  readonly drawn: LaidRow[] = $derived.by(() => {
    const rows = this.layout.rows.slice(this.#first, this.#last);
    const focused = this.cell?.row;
    if (focused === undefined || rows.some(({ row }) => row.key === focused)) return rows;
    const kept = this.layout.rows.find(({ row }) => row.key === focused);
    return kept ? [...rows, kept] : rows;
  });

  readonly drawnDays = $derived.by(() =>
    (this.axis?.days ?? []).slice(this.#firstDay, this.#lastDay + 1).map((day) => ({
      ...day,
      ...dayOf(day.date, this.data, this.axis?.zone ?? "UTC"),
    })),
  );

  /**
   * How many bars of a row are drawn: all of them well before it is seen, ever fewer the farther beyond that it is. A
   * row of forty bars made at once takes longer than a frame; this way a scroll makes a few of them with each step,
   * however fast it is.
   */
  many({ y, height, bars }: LaidRow): number {
    const away = Math.max(y - this.#bottom, this.top - y - height) - this.beyond;
    return away <= 0 ? bars.length : Math.ceil(bars.length * Math.max(0, 1 - away / this.beyond));
  }

  /** Of a row; no more than so many, and the one with the focus. */
  drawnBars(laid: LaidRow, many: number): Bar[] {
    const { axis } = this;
    if (!axis) return [];
    const [first, last] = [axis.days[this.#firstDay]!, axis.days[this.#lastDay]!];
    const [from, until] = [first.x, last.x + last.width];
    const focused = this.cell?.row === laid.row.key ? this.cell.job : null;
    let left = many;
    return laid.bars.filter(
      (bar) => (bar.x < until && bar.x + bar.width > from && left-- > 0) || bar.job.id === focused,
    );
  }

  readonly #shifts = $derived.by(() => (this.data && this.axis ? shiftsOf(this.data, this.axis) : []));
  /** By row; what nobody looks at is not reckoned. */
  readonly #loads = $derived.by(() => {
    void this.#shifts;
    void this.layout;
    return new Map<string, Load>();
  });

  load({ row }: LaidRow): Load | null {
    const { axis } = this;
    if (!axis || row.id === null) return null;
    let load = this.#loads.get(row.key);
    if (!load) {
      const away = row.away.map(({ start, end, people, of }) => ({ start, end, share: people.length / of }));
      load = loadOf(row.jobs, [...row.off, ...away], this.#shifts, axis);
      this.#loads.set(row.key, load);
    }
    return load;
  }

  constructor(readonly store: ScheduleStore) {}

  /** Whose minutes a drag snaps to. */
  get step(): number {
    return this.boxes ? 24 * 60 : 15;
  }

  barOf(cell: Cell): { laid: LaidRow; bar: Bar } | null {
    const laid = this.layout.rows.find(({ row }) => row.key === cell.row);
    const bar = laid?.bars.find(({ job }) => job.id === cell.job);
    return laid && bar ? { laid, bar } : null;
  }

  /** Of a job wherever it stands, on its first row. */
  cellOf(id: string): Cell | null {
    const laid = this.layout.rows.find(({ bars }) => bars.some(({ job }) => job.id === id));
    return laid ? { row: laid.row.key, job: id } : null;
  }

  topOf(laid: LaidRow, lane: number): number {
    return laid.y + this.sizes.pad + lane * (this.sizes.bar + this.sizes.gap);
  }

  /** The cell that Tab reaches, also when the one there was is gone. */
  readonly stop: Cell | null = $derived.by(() => {
    const { cell, layout } = this;
    const here = cell && layout.rows.find(({ row }) => row.key === cell.row);
    if (here && (cell.job === null || here.bars.some(({ job }) => job.id === cell.job))) return cell;
    // It stands on another row now, or the row has gone.
    const moved = cell?.job ? this.cellOf(cell.job) : null;
    if (moved ?? here) return moved ?? { row: cell!.row, job: null };
    const first = layout.rows.find(({ bars }) => bars.length > 0) ?? layout.rows[0];
    return first ? { row: first.row.key, job: first.bars[0]?.job.id ?? null } : null;
  });

  /** The same as the cells are called in the document. */
  readonly stopKey = $derived.by(() => (this.stop ? `${this.stop.row}|${this.stop.job ?? ""}` : ""));

  /** What is selected; without a selection the job with the focus, where the keys are on the board. */
  acting(focused = true): ScheduleJob[] {
    const { selection } = this.store;
    const jobs = this.data?.jobs ?? [];
    if (selection.size > 0) return jobs.filter((job) => selection.has(job.id));
    // Not the first one there is, which Tab would lead to: nobody chose that.
    const id = focused ? this.cell?.job : null;
    return id ? jobs.filter((job) => job.id === id) : [];
  }

  #dayAt(x: number): number {
    const { axis } = this;
    return axis ? axis.days.indexOf(dayAt(axis, Math.min(Math.max(x, 0), axis.width - 1))) : 0;
  }
}
