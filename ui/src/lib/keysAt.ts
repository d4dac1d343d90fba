/*
  Where the keys are. While a dialog is open they are in it, and what it decides is meant for where they were before:
  the palette's commands are.
*/
let before: Element | null = null;

document.addEventListener("focusin", ({ target }) => {
  if (target instanceof Element && !target.closest('[aria-modal="true"]')) before = target;
});

/** Whether the keys are there, or were before the dialog that is open. */
export function keysAreIn(box: Element | null | undefined): boolean {
  const { activeElement } = document;
  const at = activeElement?.closest('[aria-modal="true"]') ? before : activeElement;
  return !!at?.isConnected && !!box?.contains(at);
}
