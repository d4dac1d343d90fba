import { asOfficeError, type OfficeError } from "$/ipc/errors";

import type { Load, Page, Sort } from "./types";

export const PAGE = 100;
/** Pages kept: what was scrolled past long ago is asked for again. */
const KEPT = 80;

/**
 * The rows of a table that live on a server, a page at a time. Whatever is asked for anew (another order, other filters,
 * a change somewhere) is read in the background and takes the old one's place in one step: nothing ever goes blank, and
 * an answer to an older question is dropped.
 */
export class TableSource<Row, Filters> {
  total = $state<number | null>(null);
  error = $state.raw<OfficeError | null>(null);
  /** True from a new question to its answer; the old rows stay meanwhile. */
  renewing = $state(false);
  loaded = $state(false);
  #pages = $state.raw(new Map<number, Page<Row>>());
  #asking = new Set<number>();
  #epoch = 0;
  #wanted: [first: number, last: number] = [0, PAGE - 1];
  #sort: Sort | null = null;
  #filters: Filters;

  constructor(
    private readonly load: Load<Row, Filters>,
    filters: Filters,
    sort: Sort | null,
  ) {
    this.#filters = filters;
    this.#sort = sort;
  }

  /** How many rows there are to scroll over; where nobody counted, a page more than is known. */
  readonly count = $derived.by(() => {
    if (this.total !== null) return this.total;
    let known = 0;
    let more = false;
    for (const [page, { rows, next }] of this.#pages) {
      if (page * PAGE + rows.length < known) continue;
      known = page * PAGE + rows.length;
      more = next !== null;
    }
    return known + (more ? PAGE : 0);
  });

  row(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.rows[index % PAGE];
  }

  /** Every row that is here, with its place. */
  *rows(): Generator<[index: number, row: Row]> {
    for (const [page, { rows }] of this.#pages)
      for (const [i, row] of rows.entries()) yield [page * PAGE + i, row];
  }

  indexOf(is: (row: Row) => boolean): number {
    for (const [index, row] of this.rows()) if (is(row)) return index;
    return -1;
  }

  /** These rows are on screen. */
  want(first: number, last: number): void {
    this.#wanted = [Math.max(0, first), Math.max(first, last)];
    if (!this.loaded || this.renewing || this.error) return;
    for (const page of this.#wantedPages()) if (!this.#pages.has(page)) void this.#fetch(page);
  }

  /** Rows that are far apart, for a selection over them. */
  async ensure(first: number, last: number): Promise<void> {
    const pages = Array.from(
      { length: Math.floor(last / PAGE) - Math.floor(first / PAGE) + 1 },
      (_, i) => Math.floor(first / PAGE) + i,
    );
    for (const page of pages) if (!this.#pages.has(page)) await this.#fetch(page);
  }

  /** Another question: from the top. */
  ask(filters: Filters, sort: Sort | null): Promise<boolean> {
    this.#filters = filters;
    this.#sort = sort;
    this.#wanted = [0, PAGE - 1];
    return this.#renew();
  }

  /** The same question again: something has changed. */
  refresh(): Promise<boolean> {
    return this.#renew();
  }

  retry(): void {
    if (!this.loaded) return void this.#renew();
    this.error = null;
    this.want(...this.#wanted);
  }

  async #renew(): Promise<boolean> {
    const epoch = ++this.#epoch;
    this.#asking.clear();
    this.renewing = true;
    const pages = new Map<number, Page<Row>>();
    try {
      for (const page of this.#wantedPages()) {
        const found = await this.load(this.#query(page, pages));
        if (epoch !== this.#epoch) return false;
        pages.set(page, found);
        // Fewer rows than before: the place looked at is gone.
        if (found.rows.length === 0 && page > 0) {
          pages.delete(page);
          pages.set(0, await this.load(this.#query(0, pages)));
          if (epoch !== this.#epoch) return false;
          break;
        }
      }
      this.#pages = pages;
      this.total = [...pages.values()].at(-1)?.total ?? null;
      this.loaded = true;
      this.error = null;
      return true;
    } catch (thrown) {
      if (epoch === this.#epoch) this.error = asOfficeError(thrown);
      return false;
    } finally {
      if (epoch === this.#epoch) {
        this.renewing = false;
        this.want(...this.#wanted);
      }
    }
  }

  async #fetch(page: number): Promise<void> {
    if (this.#asking.has(page)) return;
    const epoch = this.#epoch;
    this.#asking.add(page);
    try {
      const found = await this.load(this.#query(page, this.#pages));
      if (epoch !== this.#epoch) return;
      const pages = new Map(this.#pages).set(page, found);
      this.#drop(pages, page);
      this.#pages = pages;
      if (found.total !== null) this.total = found.total;
    } catch (thrown) {
      if (epoch === this.#epoch) this.error = asOfficeError(thrown);
    } finally {
      if (epoch === this.#epoch) this.#asking.delete(page);
    }
  }

  #query(page: number, pages: Map<number, Page<Row>>) {
    const after = page === 0 ? null : (pages.get(page - 1)?.next ?? null);
    return { sort: this.#sort, filters: this.#filters, offset: page * PAGE, after, limit: PAGE };
  }

  #wantedPages(): number[] {
    const [first, last] = this.#wanted.map((index) => Math.floor(index / PAGE)) as [number, number];
    const most = this.loaded && !this.renewing ? Math.max(0, Math.ceil(this.count / PAGE) - 1) : last;
    const pages: number[] = [];
    for (let page = first; page <= Math.min(last, most); page++) pages.push(page);
    return pages.length > 0 ? pages : [0];
  }

  #drop(pages: Map<number, Page<Row>>, near: number): void {
    if (pages.size <= KEPT) return;
    const far = [...pages.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const page of far.slice(0, pages.size - KEPT)) pages.delete(page);
  }
}
