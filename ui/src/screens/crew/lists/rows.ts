import type { Column, Load, Sort } from "$/components/table/types";
import { matches } from "$/lib/match";

/** What a row is sorted by; text without case, numbers as they are, nothing last. */
export type Keys<Row> = Record<string, (row: Row) => string | number | null>;

const order = new Intl.Collator("en-US", { sensitivity: "base", numeric: true });

/** A list that is here already, as a table asks for it. Rows that are equal keep the order they came in. */
export function local<Row>(rows: () => Row[], keys: Keys<Row>): Load<Row, unknown> {
  return ({ sort, offset, limit }) => {
    const all = sorted(rows(), keys, sort);
    return Promise.resolve({ rows: all.slice(offset, offset + limit), total: all.length, next: null });
  };
}

export function sorted<Row>(rows: Row[], keys: Keys<Row>, sort: Sort | null): Row[] {
  const key = sort && keys[sort.column];
  if (!key) return rows;
  const way = sort.direction === "descending" ? -1 : 1;
  return rows
    .map((row, at) => ({ row, at, of: key(row) }))
    .sort((a, b) => {
      if (a.of === null || b.of === null) return a.of === b.of ? a.at - b.at : a.of === null ? 1 : -1;
      const by =
        typeof a.of === "number" && typeof b.of === "number"
          ? a.of - b.of
          : order.compare(String(a.of), String(b.of));
      return by === 0 ? a.at - b.at : by * way;
    })
    .map(({ row }) => row);
}

/** Every word typed is in one of these, and a number with or without its dashes. */
export function found(texts: (string | null)[], typed: string): boolean {
  if (typed.trim() === "") return true;
  const text = texts.filter(Boolean).join(" ");
  return matches(`${text} ${text.replace(/[^0-9]/g, "")}`, typed);
}

/** Beside an open record: these columns, so wide. */
export function fit<Row>(
  columns: Column<Row>[],
  narrow: boolean,
  keep: Record<string, number>,
): Column<Row>[] {
  if (!narrow) return columns;
  return columns.flatMap((column) => {
    const width = keep[column.id];
    return width === undefined ? [] : [{ ...column, width }];
  });
}
