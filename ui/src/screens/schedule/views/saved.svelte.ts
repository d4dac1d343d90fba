import { done, failed } from "$/components/toast/toast";
import type { SavedView } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { shorten } from "$/lib/words";
import type { App } from "$/shell/app.svelte";
import { isScheduleTab, type ScheduleTab } from "$/shell/screens";

import { readFilters, writeFilters, type ScheduleFilters } from "../filters";

const SCREEN = "schedule";

/** What is kept of a view: the filters as the route writes them, and the tab they were made on. */
export function viewText(tab: ScheduleTab, filters: ScheduleFilters, withDate: boolean): string {
  const text = writeFilters(withDate ? filters : { ...filters, date: null });
  return [tab === "board" ? "" : `tab=${tab}`, text].filter(Boolean).join("&");
}

/** Another program may have written it: what is not understood is as if it were not there. */
export function readView(text: string): { tab: ScheduleTab; filters: ScheduleFilters } {
  const tab = new URLSearchParams(text).get("tab");
  return { tab: isScheduleTab(tab) ? tab : "board", filters: readFilters(text) };
}

/** Views that were given a name. They are the person's, on every computer. */
export class SavedViews {
  views = $state.raw<SavedView[]>([]);
  loaded = $state(false);
  error = $state.raw<OfficeError | null>(null);
  /** The dialog that asks for a name is open. */
  naming = $state(false);
  busy = $state(false);
  #of = 0;

  constructor(private readonly app: App) {}

  /** Another office has others. */
  clear(): void {
    this.#of += 1;
    this.views = [];
    this.loaded = this.naming = false;
    this.error = null;
    if (this.app.connection.online) void this.load();
  }

  async load(): Promise<void> {
    const of = this.#of;
    try {
      const views = await this.app.office.savedViews(SCREEN);
      if (of !== this.#of) return;
      this.views = views;
      this.loaded = true;
      this.error = null;
    } catch (thrown) {
      if (of === this.#of) this.error = asOfficeError(thrown);
    }
  }

  /** The one that is on screen. A view without a date fits any. */
  readonly current: SavedView | null = $derived.by(() => {
    const { tab, filters } = this.app.schedule;
    const shown = [viewText(tab, filters, true), viewText(tab, filters, false)];
    return (
      this.views.find((view) => {
        const of = readView(view.filters);
        return shown.includes(viewText(of.tab, of.filters, true));
      }) ?? null
    );
  });

  show(view: SavedView): void {
    const { tab, filters } = readView(view.filters);
    const { schedule, router } = this.app;
    // A view without a date shows what it narrows to where the person is.
    const date = filters.date ?? schedule.filters.date;
    router.part(tab === "board" ? null : tab);
    schedule.setFilters({ ...filters, date });
    this.app.announcer.say(`View: ${shorten(view.name, 60)}`);
  }

  named(name: string): SavedView | null {
    const wanted = name.trim().toLowerCase();
    return this.views.find((view) => view.name.trim().toLowerCase() === wanted) ?? null;
  }

  /** Takes the place of one of the same name. Null: it is saved; else why it is not. */
  async save(name: string, withDate: boolean): Promise<OfficeError | null> {
    const { tab, filters } = this.app.schedule;
    const before = this.named(name);
    this.busy = true;
    try {
      // As the other one is spelled, or there would be two.
      const kept = before?.name ?? name.trim();
      this.views = await this.app.office.saveView(SCREEN, kept, viewText(tab, filters, withDate));
      this.loaded = true;
      if (before) this.#offer(`View “${shorten(kept, 60)}” replaced`, before);
      else done(`View “${shorten(kept, 60)}” saved`);
      return null;
    } catch (thrown) {
      return asOfficeError(thrown);
    } finally {
      this.busy = false;
    }
  }

  async remove(view: SavedView): Promise<void> {
    try {
      this.views = await this.app.office.deleteView(SCREEN, view.id);
      this.#offer(`View “${shorten(view.name, 60)}” deleted`, view);
    } catch (thrown) {
      const error = asOfficeError(thrown);
      failed(`View “${shorten(view.name, 60)}” was not deleted.`, {
        error,
        details: () => this.app.details(error),
      });
    }
  }

  /** It can be put back as it was, and the other way round. */
  #offer(title: string, before: SavedView): void {
    const now = this.named(before.name);
    this.app.undo.offer(title, {
      label: title,
      undo: async () => {
        this.views = await this.app.office.saveView(SCREEN, before.name, before.filters);
        return async () => {
          const back = this.named(before.name);
          if (now) this.views = await this.app.office.saveView(SCREEN, now.name, now.filters);
          else if (back) this.views = await this.app.office.deleteView(SCREEN, back.id);
        };
      },
    });
  }
}

const made = new WeakMap<App, SavedViews>();

/** Those of the window. */
export function viewsOf(app: App): SavedViews {
  const views = made.get(app);
  if (views) return views;
  const store = new SavedViews(app);
  made.set(app, store);
  app.whenForgotten(() => store.clear());
  return store;
}
