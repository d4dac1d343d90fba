/*
  Shortcuts are written once, as "mod+b", "alt+left", "n" or "g t". `mod` is Ctrl, on a Mac Cmd. A shortcut of plain
  letters works only while no field has the focus, and can be turned off.
*/
export type Stroke = { key: string; mod: boolean; alt: boolean; shift: boolean };

/** How long the second letter of "g t" may take. */
export const SEQUENCE_MS = 1_200;

export function parseShortcut(shortcut: string): Stroke[] {
  return shortcut.split(" ").map((stroke) => {
    const parts = stroke.split("+");
    const key = parts.pop() ?? "";
    return { key, mod: parts.includes("mod"), alt: parts.includes("alt"), shift: parts.includes("shift") };
  });
}

/** Made of letters without Ctrl, Cmd or Alt. */
export function isPlain(shortcut: string): boolean {
  return parseShortcut(shortcut).every((stroke) => !stroke.mod && !stroke.alt);
}

const names: Record<string, string> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Escape: "escape",
};
const shown: Record<string, string> = {
  left: "←",
  right: "→",
  up: "↑",
  down: "↓",
  escape: "Esc",
  enter: "Enter",
};

export function strokeOf(event: KeyboardEvent, mac: boolean): Stroke {
  const key = names[event.key] ?? event.key.toLowerCase();
  const mod = mac ? event.metaKey : event.ctrlKey;
  // Which keys make a "?" differs from keyboard to keyboard: the character says it all.
  const sign = key.length === 1 && key === key.toUpperCase() && !mod && !event.altKey;
  return { key, mod, alt: event.altKey, shift: event.shiftKey && !sign };
}

export function sameStroke(a: Stroke | undefined, b: Stroke): boolean {
  return !!a && a.key === b.key && a.mod === b.mod && a.alt === b.alt && a.shift === b.shift;
}

/** The stroke as it is written; null for one that no shortcut can be, because typing or the program needs it. */
export function writtenStroke(stroke: Stroke): string | null {
  const { key, mod, alt, shift } = stroke;
  if (["escape", "tab", "enter", " ", "+", "backspace", "delete", "dead", "process"].includes(key))
    return null;
  // Copy, paste, cut, select all, undo, redo, save.
  if (mod && !alt && "cvxazys".includes(key) && key.length === 1) return null;
  return [mod && "mod", alt && "alt", shift && "shift", key].filter(Boolean).join("+");
}

/** "Ctrl+B", "⌘B", "G then T". */
export function shortcutLabel(shortcut: string, mac: boolean): string {
  return parseShortcut(shortcut)
    .map(({ key, mod, alt, shift }) => {
      const name = shown[key] ?? key.charAt(0).toUpperCase() + key.slice(1);
      if (mac) return `${alt ? "⌥" : ""}${shift ? "⇧" : ""}${mod ? "⌘" : ""}${name}`;
      return [mod && "Ctrl", alt && "Alt", shift && "Shift", name].filter(Boolean).join("+");
    })
    .join(" then ");
}

/** For `aria-keyshortcuts`, which knows no sequences. */
export function ariaShortcut(shortcut: string, mac: boolean): string | undefined {
  const [stroke, second] = parseShortcut(shortcut);
  if (!stroke || second) return undefined;
  const arrow = { left: "ArrowLeft", right: "ArrowRight", up: "ArrowUp", down: "ArrowDown" }[stroke.key];
  const name = arrow ?? { escape: "Escape", enter: "Enter" }[stroke.key] ?? stroke.key.toUpperCase();
  const mod = mac ? "Meta" : "Control";
  return [stroke.mod && mod, stroke.alt && "Alt", stroke.shift && "Shift", name].filter(Boolean).join("+");
}

/** Typing goes to these. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches("input, textarea, select, [contenteditable]:not([contenteditable='false'])");
}
