import type { App } from "$/shell/app.svelte";

/** What the list asks before it does something. */
export class ListDialogs {
  /** From which day until which. */
  dates = $state(false);
}

const made = new WeakMap<App, ListDialogs>();

/** Those of the window. */
export function listDialogOf(app: App): ListDialogs {
  let dialogs = made.get(app);
  if (!dialogs) made.set(app, (dialogs = new ListDialogs()));
  return dialogs;
}
