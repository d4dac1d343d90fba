import { remember, remembered } from "$/lib/storage";

import type { Column } from "./types";

type Kept = { widths: Record<string, number>; hidden: string[]; order: string[] };
const LEAST = 56;
const USUAL = 140;

/** Which columns are shown, in what order and how wide: the person's own, remembered on this computer. */
export class ColumnState<Row> {
  #kept = $state.raw<Kept>({ widths: {}, hidden: [], order: [] });

  constructor(
    private readonly columns: () => Column<Row>[],
    private readonly name: string | null,
  ) {
    this.#kept = this.#read();
  }

  /** In the person's order; a column the program has got since stands where the program puts it. */
  readonly all = $derived.by(() => {
    const columns = this.columns();
    const { order } = this.#kept;
    if (order.length === 0) return columns;
    const place = (column: Column<Row>, at: number) => {
      const own = order.indexOf(column.id);
      return own >= 0 ? own : at - 0.5;
    };
    return columns
      .map((column, at) => ({ column, at: place(column, at) }))
      .sort((a, b) => a.at - b.at)
      .map(({ column }) => column);
  });

  readonly shown = $derived.by(() => this.all.filter((column) => this.isShown(column)));
  readonly changed = $derived.by(
    () =>
      this.#kept.order.length > 0 ||
      this.#kept.hidden.length > 0 ||
      Object.keys(this.#kept.widths).length > 0,
  );

  /** For `grid-template-columns`: what nobody has resized shares the room. */
  readonly template = $derived.by(() =>
    this.shown
      .map((column) => {
        const own = this.#kept.widths[column.id];
        const width = column.width ?? USUAL;
        return own ? `${own}px` : `minmax(${width}px, ${width}fr)`;
      })
      .join(" "),
  );
  readonly width = $derived.by(() =>
    this.shown.reduce((sum, column) => sum + (this.#kept.widths[column.id] ?? column.width ?? USUAL), 0),
  );

  isShown(column: Column<Row>): boolean {
    if (column.hideable === false) return true;
    // "+id": shown though the program hides it to begin with.
    const { hidden } = this.#kept;
    return column.hidden ? hidden.includes(`+${column.id}`) : !hidden.includes(column.id);
  }

  show(column: Column<Row>, on: boolean): void {
    if (column.hideable === false || (!on && this.shown.length === 1)) return;
    const mark = column.hidden ? `+${column.id}` : column.id;
    const listed = column.hidden ? on : !on;
    const rest = this.#kept.hidden.filter((one) => one !== mark);
    this.#keep({ hidden: listed ? [...rest, mark] : rest });
  }

  move(column: Column<Row>, by: -1 | 1): void {
    const order = this.all.map(({ id }) => id);
    const at = order.indexOf(column.id);
    const to = at + by;
    if (to < 0 || to >= order.length) return;
    [order[at], order[to]] = [order[to]!, order[at]!];
    this.#keep({ order });
  }

  resize(column: Column<Row>, width: number, keep = true): void {
    const held = Math.round(Math.min(Math.max(width, column.least ?? LEAST), 1_200));
    const widths = { ...this.#kept.widths, [column.id]: held };
    if (keep) this.#keep({ widths });
    else this.#kept = { ...this.#kept, widths };
  }

  reset(): void {
    this.#kept = { widths: {}, hidden: [], order: [] };
    if (this.name) remember(`table:${this.name}`, null);
  }

  #keep(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    if (this.name) remember(`table:${this.name}`, JSON.stringify(this.#kept));
  }

  #read(): Kept {
    const none: Kept = { widths: {}, hidden: [], order: [] };
    if (!this.name) return none;
    try {
      const kept = JSON.parse(remembered(`table:${this.name}`) ?? "{}") as Partial<Kept>;
      const strings = (list: unknown) =>
        Array.isArray(list) ? list.filter((id) => typeof id === "string") : [];
      const widths = Object.entries(kept.widths ?? {}).filter(([, width]) => Number.isFinite(width));
      return { widths: Object.fromEntries(widths), hidden: strings(kept.hidden), order: strings(kept.order) };
    } catch {
      return none;
    }
  }
}
