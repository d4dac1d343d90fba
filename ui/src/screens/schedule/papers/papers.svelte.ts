import { done, failed } from "$/components/toast/toast";
import type { Exported } from "$/ipc/client";
import { asOfficeError } from "$/ipc/errors";
import { longDate } from "$/lib/time";
import { count } from "$/lib/words";
import type { App } from "$/shell/app.svelte";

import { jobFilter } from "../filters";
import { listSpan, monday } from "../span";

/** Which dialog of the menu is open. */
export type PaperDialog = "day" | "week" | "calendar";

/** What the schedule gives to people who do not sit at this computer. */
export class Papers {
  asking = $state.raw<PaperDialog | null>(null);
  /** Something is being made. */
  busy = $state(false);

  constructor(private readonly app: App) {}

  daySheets(day: string, crews: string[]): Promise<boolean> {
    const what = `Day sheets for ${longDate(day)}`;
    return this.#make(what, "were not made", () => this.app.office.openDaySheet(day, crews), {
      none: "No job is on that day, so the sheet is empty.",
    });
  }

  weekPlan(date: string, crews: string[]): Promise<boolean> {
    const from = monday(date);
    const what = `Plan for the week of ${longDate(from).replace(/^\w+, /, "")}`;
    return this.#make(what, "was not made", () => this.app.office.openWeekPlan(from, crews), {
      none: "No job is in that week, so the plan is empty.",
    });
  }

  calendar(crew: string | null, name: string): Promise<boolean> {
    return this.#make(`Calendar of ${name}`, "was not saved", () => this.app.office.exportCalendar(crew));
  }

  /** The jobs of the list, in its order, on all its pages. */
  spreadsheet(): Promise<boolean> {
    const { filters, today } = this.app.schedule;
    const { group, sort, descending } = filters;
    const query = {
      ...listSpan(filters, today),
      ...{ filter: jobFilter(filters), group, sort, descending, after: null, limit: 500 },
    };
    return this.#make("Spreadsheet", "was not saved", () => this.app.office.exportJobs(query));
  }

  /** Says where it is; false: it did not work, or they thought better of it. */
  async #make(
    what: string,
    failure: string,
    make: () => Promise<Exported | null>,
    { none }: { none?: string } = {},
  ): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      const made = await make();
      if (!made) return false;
      const jobs = made.rows === 0 && none ? none : count(made.rows, "job");
      done(`${what}: ${jobs}`, { description: made.path, seconds: 12 });
      this.app.announcer.say(`${what}: ${jobs}`);
      return true;
    } catch (thrown) {
      const error = asOfficeError(thrown);
      failed(`${what} ${failure}.`, { error, details: () => this.app.details(error) });
      return false;
    } finally {
      this.busy = false;
    }
  }
}

const made = new WeakMap<App, Papers>();

/** Those of the window. */
export function papersOf(app: App): Papers {
  let papers = made.get(app);
  if (!papers) made.set(app, (papers = new Papers(app)));
  return papers;
}
