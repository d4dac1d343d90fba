import type { AlertKind, InboxPage, InboxQuery, Notification, Office } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";

import { PLAIN, queryOf, writeFilters, type Filters } from "./filters";

const PAGE = 100;
/** The core counts no further. */
const MANY = 10_000;

/** Rows that were marked, until the database has said so. */
export type Marking = {
  read: boolean;
  /** It has, and what was read since says so, too. */
  settle: () => void;
  /** It refused. */
  back: () => void;
};

export type Acting = {
  move: (by: number) => void;
  select: () => void;
  mark: (read: boolean) => void;
  markAll: () => void;
};

/**
 * The rows of the inbox, read page by page. What changes elsewhere is changed in its row; rows never come in above what
 * somebody is looking at until they ask for them.
 */
export class InboxStore {
  rows = $state.raw<Notification[]>([]);
  filters = $state.raw<Filters>(PLAIN);
  kinds = $state.raw<AlertKind[]>([]);
  loaded = $state(false);
  loading = $state(false);
  error = $state.raw<OfficeError | null>(null);
  /** What failed was the next page; the rows before it are there. */
  moreError = $state.raw<OfficeError | null>(null);
  unread = $state(0);
  /** New ones that wait until the person looks at the top. */
  held = $state.raw<Notification[]>([]);
  /** The database's clock, and when it said so. */
  #clock = { said: Date.now(), at: performance.now() };
  asOf = $state(new Date().toISOString());
  /** The list shows its beginning: new rows may come in there. */
  atTop = true;
  /** The screen is shown: only then is anything read. */
  shown = false;
  /** Called right before the rows change under somebody's eyes. */
  onFresh: ((count: number) => void) | null = null;

  /** What the screen does for the commands, while it is shown. */
  acting: Acting | null = null;

  /** How each page is asked for, and which page a row came with. */
  #cursors: (string | null)[] = [null];
  #next = $state.raw<string | null>(null);
  #pageOf = new Map<string, number>();
  /** The pages on screen, and those that may be of before. */
  #visible = new Set<number>([0]);
  #stale = new Set<number>();
  /** Marked here and not yet confirmed; the last marking of a row counts. */
  #pending = new Map<string, Marking>();
  /** Kept in their place although the filter no longer shows them. */
  #kept = new Set<string>();
  #gap = false;
  #question = 0;
  readonly #refresher = new Refresher(() => this.#reread());

  constructor(private readonly office: Office) {
    office.on("notifications-changed", () => void this.refresh());
  }

  get more(): boolean {
    return this.#next !== null;
  }

  /** Now by the database's clock: this computer's may be wrong. */
  get now(): number {
    return this.#clock.said + performance.now() - this.#clock.at;
  }

  query(more: Partial<InboxQuery> = {}): InboxQuery {
    return { ...queryOf(this.filters), after: null, limit: PAGE, ...more };
  }

  /** Shows what these filters say; the rows of before stay until the new ones are there. */
  async show(filters: Filters): Promise<void> {
    const same = this.loaded && writeFilters(filters) === writeFilters(this.filters);
    this.filters = filters;
    if (same) await this.refresh();
    else await this.load();
  }

  async load(): Promise<void> {
    const question = ++this.#question;
    this.loading = true;
    try {
      const page = await this.office.inbox(this.query());
      if (question !== this.#question) return;
      this.#cursors = [null];
      this.#pageOf = new Map(page.items.map((row) => [row.id, 0]));
      this.#visible = new Set([0]);
      this.#stale.clear();
      this.#kept.clear();
      this.#gap = false;
      this.held = [];
      this.moreError = null;
      this.#note(page);
      this.#next = page.next;
      this.rows = page.items.map((row) => this.#asMarked(row)).filter((row) => this.#fits(row));
      this.loaded = true;
      this.error = null;
    } catch (thrown) {
      if (question === this.#question) this.error = asOfficeError(thrown);
    } finally {
      if (question === this.#question) this.loading = false;
    }
    if (this.kinds.length === 0) void this.#readKinds();
  }

  /** The next page. */
  async readMore(): Promise<void> {
    if (this.#next === null || this.loading) return;
    const question = this.#question;
    const after = this.#next;
    this.loading = true;
    this.moreError = null;
    try {
      const page = await this.office.inbox(this.query({ after }));
      if (question !== this.#question) return;
      const index = this.#cursors.push(after) - 1;
      const fresh = page.items.filter((row) => !this.#pageOf.has(row.id)).map((row) => this.#asMarked(row));
      for (const row of page.items) this.#pageOf.set(row.id, index);
      this.#note(page);
      this.#next = page.next;
      this.rows = [...this.rows, ...fresh.filter((row) => this.#fits(row))];
    } catch (thrown) {
      if (question === this.#question) this.moreError = asOfficeError(thrown);
    } finally {
      if (question === this.#question) this.loading = false;
    }
  }

  /** Reads again what may have changed, and first of all what is on screen. */
  refresh(): Promise<void> {
    for (let i = 0; i < this.#cursors.length; i++) this.#stale.add(i);
    return this.shown && this.loaded ? this.#refresher.ask() : Promise.resolve();
  }

  /** These rows are on screen. */
  look(first: number, last: number): void {
    const pages = new Set<number>();
    for (const row of this.rows.slice(first, last + 1)) pages.add(this.#pageOf.get(row.id) ?? 0);
    this.#visible = pages;
    if (this.shown && [...pages].some((page) => this.#stale.has(page))) void this.#refresher.ask();
  }

  /** Takes in what is new at the top. */
  async takeFresh(): Promise<void> {
    const held = this.held;
    this.held = [];
    if (this.#gap) return this.load();
    this.#insert(held);
  }

  /**
   * Marks rows at once, before the database has said so. `stay`: in their place, although the filter no longer shows
   * them.
   */
  mark(items: Notification[], read: boolean, stay = false): Marking {
    const { show } = this.filters;
    const before = new Map(items.map((item) => [item.id, item.is_read]));
    const mine: Marking = {
      read,
      settle: () => this.#settle(items, mine),
      back: () => {
        // What was marked anew meanwhile stays as it is marked now.
        const last = items.filter(({ id }) => this.#pending.get(id) === mine);
        this.#settle(items, mine);
        const was = new Map(last.map(({ id }) => [id, before.get(id)]));
        this.rows = this.rows.map((row) => ({ ...row, is_read: was.get(row.id) ?? row.is_read }));
        this.#insert(last.filter((item) => this.#fits(item)));
      },
    };
    for (const { id } of items) {
      this.#pending.set(id, mine);
      if (stay || show === "all") this.#kept.add(id);
      else this.#kept.delete(id);
    }
    const changed = items.filter((item) => item.is_read !== read).length;
    if (this.unread < MANY) this.unread = Math.max(0, this.unread + (read ? -changed : changed));
    this.rows = this.rows
      .map((row) => (before.has(row.id) ? { ...row, is_read: read } : row))
      .filter((row) => this.#fits(row));
    // Back from where they were taken: in their old places.
    this.#insert(items.map((item) => ({ ...item, is_read: read })).filter((item) => this.#fits(item)));
    return mine;
  }

  #settle(items: { id: string }[], marking: Marking): void {
    for (const { id } of items) if (this.#pending.get(id) === marking) this.#pending.delete(id);
  }

  /** Nothing of one office is shown in another. */
  clear(): void {
    this.#question += 1;
    this.rows = [];
    this.held = [];
    this.kinds = [];
    this.loaded = false;
    this.loading = false;
    this.error = null;
    this.#next = null;
    this.#pending.clear();
  }

  async #readKinds(): Promise<void> {
    try {
      this.kinds = await this.office.alertKinds();
    } catch {
      // The filter then offers the kinds that are on screen.
    }
  }

  async #reread(): Promise<void> {
    const question = this.#question;
    // The top, too: new ones come in there, and the count of the unread with them.
    const wanted = [...new Set([0, ...this.#visible])].filter((page) => this.#stale.has(page));
    try {
      for (const page of wanted) {
        const answer = await this.office.inbox(this.query({ after: this.#cursors[page] ?? null }));
        if (question !== this.#question) return;
        this.#stale.delete(page);
        this.#merge(page, answer);
      }
      this.error = null;
    } catch (thrown) {
      if (question === this.#question) this.error = asOfficeError(thrown);
    }
  }

  #merge(page: number, answer: InboxPage): void {
    this.#note(answer);
    const now = new Map(answer.items.map((row) => [row.id, this.#asMarked(row)]));
    const last = answer.items.at(-1);
    const covers = (row: Notification) => answer.next === null || !last || this.#compare(row, last) <= 0;
    const rows: Notification[] = [];
    for (const row of this.rows) {
      const known = now.get(row.id);
      if (known) rows.push(known);
      else if (this.#pageOf.get(row.id) !== page || this.#kept.has(row.id) || !covers(row)) rows.push(row);
      // It is among the read ones now: here it stays where it was.
      else if (this.filters.show === "all" && !row.is_read) {
        this.#kept.add(row.id);
        rows.push({ ...row, is_read: true });
      }
    }
    const here = new Set(this.rows.map((row) => row.id));
    const unknown = answer.items
      .filter((row) => !here.has(row.id))
      .map((row) => this.#asMarked(row))
      .filter((row) => this.#fits(row));
    this.rows = rows.filter((row) => this.#fits(row));
    if (page === 0) this.#arrived(unknown, answer);
    else this.#insert(unknown.filter((row) => last && this.#compare(row, last) <= 0));
  }

  /** New ones come in at once where that moves nothing, else they wait. */
  #arrived(fresh: Notification[], answer: InboxPage): void {
    // So many that there may be more between them and what is here.
    this.#gap = fresh.length > 0 && fresh.length === answer.items.length && answer.next !== null;
    const before = this.held.length;
    if (!this.atTop && this.rows.length > 0) this.held = fresh;
    else if (this.#gap) void this.load();
    else {
      this.held = [];
      this.#insert(fresh);
    }
    if (this.held.length > before) this.onFresh?.(this.held.length);
  }

  #insert(items: Notification[]): void {
    // More than a page is not shown by moving rows: the next reading of the top finds that it must begin anew.
    if (items.length === 0 || items.length > PAGE) return;
    const rows = [...this.rows];
    const here = new Set(rows.map((row) => row.id));
    for (const item of items) {
      if (here.has(item.id)) continue;
      const found = rows.findIndex((row) => this.#compare(item, row) < 0);
      // After the last one there may be others not read yet.
      if (found < 0 && this.#next !== null) continue;
      const at = found < 0 ? rows.length : found;
      this.#pageOf.set(item.id, this.#pageOf.get(rows[at]?.id ?? rows[at - 1]?.id ?? "") ?? 0);
      rows.splice(at, 0, item);
    }
    this.rows = rows;
  }

  #asMarked(row: Notification): Notification {
    const marking = this.#pending.get(row.id);
    return marking ? { ...row, is_read: marking.read } : row;
  }

  #fits(row: Notification): boolean {
    const { show } = this.filters;
    return show === "all" || row.is_read === (show === "read") || this.#kept.has(row.id);
  }

  /** As the database orders them. */
  #compare(a: Notification, b: Notification): number {
    const { show, order } = this.filters;
    return (
      (show === "all" ? Number(a.is_read) - Number(b.is_read) : 0) ||
      (order === "priority" && show !== "read" && !a.is_read && !b.is_read ? b.priority - a.priority : 0) ||
      Date.parse(b.created_at) - Date.parse(a.created_at) ||
      (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
    );
  }

  #note(page: InboxPage): void {
    this.unread = page.unread;
    this.asOf = page.as_of;
    const said = Date.parse(page.as_of);
    if (!Number.isNaN(said)) this.#clock = { said, at: performance.now() };
  }
}
