const NO_TEXT = ["checkbox", "radio", "button", "submit", "range", "color", "file"];

/** Undo and redo of what is typed belong to the field that it is typed in. */
export function textKeepsKey(event: KeyboardEvent): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
  if (!["z", "y"].includes(event.key.toLowerCase())) return false;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !target.readOnly && !NO_TEXT.includes(target.type);
  if (target instanceof HTMLTextAreaElement) return !target.readOnly;
  return target.isContentEditable;
}
