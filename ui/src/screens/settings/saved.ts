import type { ChangeRef } from "$/ipc/client";
import { asOfficeError } from "$/ipc/errors";
import { done, failed, told } from "$/components/toast/toast";
import type { App } from "$/shell/app.svelte";

/** Says that it is saved and offers to take it back, there and with Ctrl+Z. */
export function sayUndo(app: App, title: string, change: ChangeRef | null): void {
  if (!change) return void told("Nothing was different, so nothing was saved.");
  if (!change.can_undo) return void done(title);
  // The stack of Ctrl+Z, where the window has one already: it says it and offers Undo itself.
  const { undo } = app as { undo?: { offer: (title: string, change: ChangeRef) => void } };
  if (undo) undo.offer(title, change);
  else done(title, { undo: () => void takeBack(app, change) });
}

async function takeBack(app: App, change: ChangeRef): Promise<void> {
  try {
    await app.office.undoChange(change.id);
    done("Undone. It is as it was before.");
  } catch (thrown) {
    const error = asOfficeError(thrown);
    failed("It was not undone.", { error, details: () => app.details(error) });
  }
}
