import { tick } from "svelte";

/**
 * A dialog that had to read first has nothing to focus when it opens. Once it has, its first field is; the person who has
 * gone elsewhere in it meanwhile stays there.
 */
export async function focusFirst(testid: string): Promise<void> {
  await tick();
  const dialog = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
  const active = document.activeElement;
  if (
    !dialog ||
    (active && active !== document.body && active !== dialog && !active.matches("[data-body]"))
  ) {
    const onClose = active?.closest(`[data-testid="${testid}"]`) && active.matches("[aria-label='Close']");
    if (!onClose) return;
  }
  const first =
    dialog?.querySelector<HTMLElement>("[data-autofocus]") ??
    dialog?.querySelector<HTMLElement>(
      "[data-body] :is(input, textarea, select, [role=combobox]):not(:disabled)",
    );
  first?.focus();
}
