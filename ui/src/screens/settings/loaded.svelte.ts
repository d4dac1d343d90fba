import { untrack } from "svelte";

import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";
import type { App } from "$/shell/app.svelte";

/** Something of the office that a tab shows: read when the tab opens, when the link is back and when told to. */
export class Loaded<T> {
  value = $state.raw<T | null>(null);
  error = $state.raw<OfficeError | null>(null);
  readonly #refresher: Refresher;

  /** Call it while a component is made: it ends with it. `event`: the event that says it has changed. */
  constructor(app: App, read: () => Promise<T>, event: "company-changed" | "me-changed" | null) {
    this.#refresher = new Refresher(async () => {
      try {
        this.value = await read();
        this.error = null;
      } catch (thrown) {
        this.error = asOfficeError(thrown);
      }
    }, 0);
    $effect(() => {
      if (app.connection.online || untrack(() => this.value === null)) untrack(() => void this.ask());
    });
    $effect(() => (event ? app.office.on(event, () => void this.ask()) : undefined));
    $effect(() => () => this.#refresher.stop());
  }

  ask(): Promise<void> {
    return this.#refresher.ask();
  }
}
