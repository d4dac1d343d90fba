import type { Component } from "svelte";

import type { Registry } from "$/commands/registry.svelte";

export type MenuAction = {
  kind?: "action";
  id: string;
  title: string;
  icon?: Component<{ size?: number; class?: string }>;
  /** As it is shown: "Ctrl+P". */
  shortcut?: string;
  /** A sentence says why it cannot be done; it can still be read. */
  disabled?: boolean | string;
  danger?: boolean;
  run: () => void;
};
export type MenuCheck = {
  kind: "check";
  id: string;
  title: string;
  checked: boolean;
  run: (checked: boolean) => void;
};
export type MenuItem =
  MenuAction | MenuCheck | { kind: "separator"; id: string } | { kind: "heading"; id: string; title: string };

/** Commands as a menu shows them; "-" is a line. What cannot be offered now is left out, with lines that would stand alone. */
export function fromCommands(registry: Registry, ids: readonly string[]): MenuItem[] {
  const items: MenuItem[] = [];
  for (const [index, id] of ids.entries()) {
    if (id === "-") {
      if (items.length > 0 && items.at(-1)?.kind !== "separator")
        items.push({ kind: "separator", id: `line-${index}` });
      continue;
    }
    const command = registry.get(id);
    if (!(command.when?.() ?? true)) continue;
    items.push({
      id,
      title: command.title,
      icon: command.icon,
      shortcut: registry.label(id) || undefined,
      disabled: command.reason?.() ?? false,
      run: () => registry.run(id),
    });
  }
  if (items.at(-1)?.kind === "separator") items.pop();
  return items;
}
