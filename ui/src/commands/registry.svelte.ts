import { remember, remembered } from "$/lib/storage";

import {
  ariaShortcut,
  isPlain,
  parseShortcut,
  sameStroke,
  SEQUENCE_MS,
  shortcutLabel,
  strokeOf,
  takesText,
} from "./keys";

export type Command = {
  id: string;
  title: string;
  shortcut?: string;
  /** Not offered and not run while this is false. */
  when?: () => boolean;
  run: () => void;
};

/** Every command of the program, once: what shortcuts, menus and tooltips are made of. */
export class Registry {
  readonly #commands = new Map<string, Command>();
  /** Shortcuts of plain letters; some people (and speech input) need them off. */
  letters = $state(remembered("letters") !== "off");
  readonly mac: boolean;
  #first: { stroke: ReturnType<typeof strokeOf>; at: number } | null = null;

  constructor(platform = navigator.platform) {
    this.mac = /mac|iphone|ipad/i.test(platform);
  }

  add(command: Command): void {
    if (this.#commands.has(command.id)) throw new Error(`command ${command.id} is there twice`);
    const { shortcut } = command;
    const clash = shortcut && this.all().find((other) => other.shortcut && overlap(other.shortcut, shortcut));
    if (clash) throw new Error(`${shortcut} is already ${clash.id}`);
    this.#commands.set(command.id, command);
  }

  all(): Command[] {
    return [...this.#commands.values()];
  }

  get(id: string): Command {
    const command = this.#commands.get(id);
    if (!command) throw new Error(`no command ${id}`);
    return command;
  }

  run(id: string): void {
    const command = this.get(id);
    if (command.when?.() ?? true) command.run();
  }

  setLetters(on: boolean): void {
    this.letters = on;
    remember("letters", on ? null : "off");
  }

  /** "Ctrl+B", or nothing when it has none or it is turned off. */
  label(id: string): string {
    const { shortcut } = this.get(id);
    return shortcut && this.#active(shortcut) ? shortcutLabel(shortcut, this.mac) : "";
  }

  aria(id: string): string | undefined {
    const { shortcut } = this.get(id);
    return shortcut && this.#active(shortcut) ? ariaShortcut(shortcut, this.mac) : undefined;
  }

  /** "Hide the sidebar (Ctrl+B)": what a tooltip says. */
  tip(id: string, title = this.get(id).title): string {
    const label = this.label(id);
    return label ? `${title} (${label})` : title;
  }

  /** Runs what this key means; true when it meant something. */
  key(event: KeyboardEvent, now = performance.now()): boolean {
    if (event.defaultPrevented || event.isComposing || event.repeat) return false;
    const stroke = strokeOf(event, this.mac);
    if (["control", "shift", "alt", "meta"].includes(stroke.key)) return false;
    // On a Mac, Ctrl+letter belongs to text editing; elsewhere the Windows key belongs to the system.
    if (this.mac ? event.ctrlKey : event.metaKey) return false;
    const first = this.#first && now - this.#first.at <= SEQUENCE_MS ? this.#first.stroke : null;
    this.#first = null;
    for (const command of this.all()) {
      if (!command.shortcut || !this.#active(command.shortcut)) continue;
      if (isPlain(command.shortcut) && takesText(event.target)) continue;
      const strokes = parseShortcut(command.shortcut);
      const [one, two] = strokes;
      if (two ? first && sameStroke(one, first) && sameStroke(two, stroke) : sameStroke(one, stroke)) {
        if (!(command.when?.() ?? true)) continue;
        event.preventDefault();
        command.run();
        return true;
      }
      if (two && sameStroke(one, stroke)) this.#first = { stroke, at: now };
    }
    return false;
  }

  #active(shortcut: string): boolean {
    return this.letters || !isPlain(shortcut);
  }
}

/** One would keep the other from ever being reached. */
function overlap(a: string, b: string): boolean {
  const [x, y] = [parseShortcut(a), parseShortcut(b)];
  const shared = Math.min(x.length, y.length);
  return x.slice(0, shared).every((stroke, i) => sameStroke(y[i], stroke));
}
