import type { Clash } from "$/ipc/client";
import { asOfficeError } from "$/ipc/errors";
import { officeDate } from "$/lib/time";
import { count, grouped } from "$/lib/words";
import { failed } from "$/components/toast/toast";
import type { App } from "$/shell/app.svelte";

import { EVERY_JOB, isNarrowed } from "../filters";
import { jobName } from "../calendar/words";

/** From one clash to the next, the soonest first, and round again. */
export class ClashTour {
  busy = $state(false);
  /** The pair shown last, so that the next press goes on from there, also when some were solved meanwhile. */
  #last: { key: string; start: number } | null = null;

  constructor(private readonly app: App) {}

  async next(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const { items, total } = await this.app.office.scheduleClashes();
      const at = this.#after(items);
      const clash = items[at];
      if (!clash) {
        this.#last = null;
        this.app.schedule.say("There are no clashes.");
        return;
      }
      this.#last = { key: keyOf(clash), start: Date.parse(clash.job.start) };
      await this.#show(clash);
      const place = total > items.length ? `${at + 1} of ${grouped(total)}` : `${at + 1} of ${items.length}`;
      this.app.schedule.say(
        `Clash ${place}: ${jobName(clash.job)} and ${jobName({ customer: clash.other_customer, address: clash.other_address })}, ` +
          `${[...clash.people, ...clash.machines].slice(0, 3).join(", ")}.`,
      );
    } catch (thrown) {
      const error = asOfficeError(thrown);
      failed("The clashes could not be read.", { error, details: () => this.app.details(error) });
    } finally {
      this.busy = false;
    }
  }

  #after(items: readonly Clash[]): number {
    const last = this.#last;
    if (!last || items.length === 0) return 0;
    const known = items.findIndex((clash) => keyOf(clash) === last.key);
    if (known >= 0) return (known + 1) % items.length;
    // That one is solved: the first that begins no earlier.
    const later = items.findIndex((clash) => Date.parse(clash.job.start) >= last.start);
    return Math.max(0, later);
  }

  async #show(clash: Clash): Promise<void> {
    const { schedule: store, router } = this.app;
    const date = officeDate(clash.job.start, store.zone);
    // Only these show where on the calendar it is.
    if (!["board", "week", "month"].includes(store.tab)) router.part(null);
    store.setFilters({ date });
    await store.refresh();
    if (!store.job(clash.job.id) && isNarrowed(store.filters)) {
      store.setFilters(EVERY_JOB);
      store.say(`The filters hid ${count(1, "clash", "clashes")}: they are cleared.`);
      await store.refresh();
    }
    store.selection.set([clash.job.id, clash.other_job_id].filter((id) => store.job(id) !== null));
    store.openJob(clash.job.id);
    store.acting?.reveal?.(clash.job.id);
  }
}

function keyOf(clash: Clash): string {
  return `${clash.job.id}/${clash.other_job_id}`;
}
