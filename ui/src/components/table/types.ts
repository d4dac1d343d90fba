import type { Snippet } from "svelte";

export type Direction = "ascending" | "descending";
export type Sort = { column: string; direction: Direction };

export type Column<Row> = {
  id: string;
  title: string;
  /** Pixels to begin with; columns nobody has resized share what is left over. */
  width?: number;
  least?: number;
  align?: "start" | "end";
  sortable?: boolean;
  /** The direction of the first click: newest first, for a date. */
  first?: Direction;
  hideable?: boolean;
  /** Not shown until chosen. */
  hidden?: boolean;
  /** What the cell says, as text; also when `cell` draws it, for its tooltip. */
  text?: (row: Row) => string | null;
  /** Draws the cell. Text nodes only. */
  cell?: Snippet<[Row]>;
  /** Figures of one width. */
  figures?: boolean;
};

/** One question to the server. `after` is the cursor of the page before, where that is known. */
export type Query<Filters = unknown> = {
  sort: Sort | null;
  filters: Filters;
  offset: number;
  after: string | null;
  limit: number;
};
/** `total` null: not counted; then `next` says whether there is more. */
export type Page<Row> = { rows: Row[]; total: number | null; next: string | null };
export type Load<Row, Filters = unknown> = (query: Query<Filters>) => Promise<Page<Row>>;
