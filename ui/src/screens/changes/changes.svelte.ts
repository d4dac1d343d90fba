import type { Change, ChangesQuery, Office } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";

import { writeFilters, type Filters } from "./filters";

const PAGE = 60;
/** How many of the newest are read again when something changes: what is older says itself when it cannot be undone. */
const AGAIN = 600;

/** Who did what, newest first, read page by page. */
export class ChangesStore {
  items = $state.raw<Change[]>([]);
  loaded = $state(false);
  loading = $state(false);
  error = $state.raw<OfficeError | null>(null);
  moreError = $state.raw<OfficeError | null>(null);
  shown = false;
  #filters: Filters = { mine: false, search: "" };
  #next = $state.raw<string | null>(null);
  #question = 0;
  #stale = true;
  readonly #refresher = new Refresher(() => this.#reread());

  constructor(private readonly office: Office) {
    office.on("changes-changed", () => void this.refresh());
  }

  get more(): boolean {
    return this.#next !== null;
  }

  async show(filters: Filters): Promise<void> {
    const same = this.loaded && writeFilters(filters) === writeFilters(this.#filters);
    this.#filters = filters;
    if (!same) await this.load();
    else if (this.#stale) await this.refresh();
  }

  async load(): Promise<void> {
    const question = ++this.#question;
    this.loading = true;
    try {
      const page = await this.office.recentChanges(this.#query(null, PAGE));
      if (question !== this.#question) return;
      this.items = page.items;
      this.#next = page.next;
      this.loaded = true;
      this.#stale = false;
      this.error = null;
      this.moreError = null;
    } catch (thrown) {
      if (question === this.#question) this.error = asOfficeError(thrown);
    } finally {
      if (question === this.#question) this.loading = false;
    }
  }

  async readMore(): Promise<void> {
    if (this.#next === null || this.loading) return;
    const question = this.#question;
    this.loading = true;
    this.moreError = null;
    try {
      const page = await this.office.recentChanges(this.#query(this.#next, PAGE));
      if (question !== this.#question) return;
      const here = new Set(this.items.map((item) => item.id));
      this.items = [...this.items, ...page.items.filter((item) => !here.has(item.id))];
      this.#next = page.next;
    } catch (thrown) {
      if (question === this.#question) this.moreError = asOfficeError(thrown);
    } finally {
      if (question === this.#question) this.loading = false;
    }
  }

  /** Reads the newest again; rows that are there are changed in their place. */
  refresh(): Promise<void> {
    this.#stale = true;
    return this.shown && this.loaded ? this.#refresher.ask() : Promise.resolve();
  }

  clear(): void {
    this.#question += 1;
    this.items = [];
    this.loaded = false;
    this.loading = false;
    this.error = null;
    this.#next = null;
  }

  async #reread(): Promise<void> {
    const question = this.#question;
    const wanted = Math.min(this.items.length + 20, AGAIN);
    try {
      const now: Change[] = [];
      let after: string | null = null;
      do {
        const page = await this.office.recentChanges(this.#query(after, Math.min(200, wanted - now.length)));
        if (question !== this.#question) return;
        now.push(...page.items);
        after = page.next;
      } while (after !== null && now.length < wanted);
      const known = new Set(this.items.map((item) => item.id));
      const met = now.some((item) => known.has(item.id));
      // So much is new that there may be more between it and what is here.
      if (!met && after !== null && this.items.length > 0) return await this.load();
      const fresh = new Set(now.map((item) => item.id));
      const older = this.items.filter((item) => !fresh.has(item.id));
      this.items = after === null ? now : [...now, ...older];
      if (after === null) this.#next = null;
      this.#stale = false;
      this.error = null;
    } catch (thrown) {
      if (question === this.#question) this.error = asOfficeError(thrown);
    }
  }

  #query(after: string | null, limit: number): ChangesQuery {
    return { mine: this.#filters.mine, search: this.#filters.search.trim() || null, after, limit };
  }
}
