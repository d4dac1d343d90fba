import type { Component } from "svelte";

import { refused } from "$/components/toast/toast";
import { announce } from "$/lib/announce";
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
  /** Under what it stands in the palette, the menu and the sheet of shortcuts. */
  group?: string;
  icon?: Component<{ size?: number; class?: string }>;
  /** Other words somebody may look for: "print paper pdf". */
  keywords?: string;
  shortcut?: string;
  /** More keys for the same; a command whose only shortcut one of them is, goes first. */
  also?: string[];
  /** Not offered and not run while this is false. */
  when?: () => boolean;
  /** Why it cannot be run just now: it is offered, and says so. */
  reason?: () => string | null;
  run: () => void;
};

/** Every command of the program, once: what shortcuts, menus and tooltips are made of. */
export class Registry {
  readonly #commands = new Map<string, Command>();
  /** Shortcuts of plain letters; some people (and speech input) need them off. */
  letters = $state(remembered("letters") !== "off");
  readonly mac: boolean;
  /** What the person has changed: another shortcut, or none. */
  #own = $state.raw<Record<string, string | null>>(ownShortcuts());
  #first: { stroke: ReturnType<typeof strokeOf>; at: number } | null = null;

  constructor(platform = navigator.platform) {
    this.mac = /mac|iphone|ipad/i.test(platform);
  }

  add(command: Command): void {
    if (this.#commands.has(command.id)) throw new Error(`command ${command.id} is there twice`);
    for (const shortcut of written(command)) {
      const clash = this.all().find((other) => written(other).some((taken) => overlap(taken, shortcut)));
      if (clash) throw new Error(`${shortcut} is already ${clash.id}`);
    }
    this.#commands.set(command.id, command);
  }

  all(): Command[] {
    return [...this.#commands.values()];
  }

  has(id: string): boolean {
    return this.#commands.has(id);
  }

  get(id: string): Command {
    const command = this.#commands.get(id);
    if (!command) throw new Error(`no command ${id}`);
    return command;
  }

  run(id: string): void {
    this.#try(this.get(id));
  }

  /** What can be offered now, also what says why it cannot be run. */
  offered(): Command[] {
    return this.all().filter((command) => command.when?.() ?? true);
  }

  /** Its shortcut and its further ones, as far as nobody else has taken them. */
  shortcuts(id: string): string[] {
    const first = this.shortcut(id);
    const more = (this.get(id).also ?? []).filter((shortcut) => !this.takenFrom(id, shortcut));
    return first === undefined ? more : [first, ...more];
  }

  /** "Ctrl+B is “Show or hide the sidebar” already.", or null when it is free. */
  conflict(id: string, shortcut: string): string | null {
    const other = this.takenFrom(id, shortcut);
    return other && `${shortcutLabel(shortcut, this.mac)} is “${other.title}” already.`;
  }

  #try(command: Command): boolean {
    if (!(command.when?.() ?? true)) return false;
    const why = command.reason?.() ?? null;
    if (why === null) command.run();
    else {
      announce(why);
      refused(why);
    }
    return true;
  }

  /** What leads to it at present: the person's choice, or the program's. */
  shortcut(id: string): string | undefined {
    const own = Object.hasOwn(this.#own, id) ? this.#own[id] : undefined;
    return own === undefined ? this.get(id).shortcut : (own ?? undefined);
  }

  isOwn(id: string): boolean {
    return Object.hasOwn(this.#own, id);
  }

  get anyOwn(): boolean {
    return Object.keys(this.#own).some((id) => this.has(id));
  }

  /** The command that this shortcut would be taken from. */
  takenFrom(id: string, shortcut: string): Command | null {
    const clashes = (other: Command) => {
      const taken = other.id === id ? undefined : this.shortcut(other.id);
      return taken !== undefined && overlap(taken, shortcut);
    };
    return this.all().find(clashes) ?? null;
  }

  /** Null: none. Whoever has it already loses it. */
  setShortcut(id: string, shortcut: string | null): void {
    const own = { ...this.#own };
    if (shortcut !== null)
      for (let other = this.takenFrom(id, shortcut); other; other = this.takenFrom(id, shortcut)) {
        own[other.id] = null;
        this.#own = { ...own };
      }
    if (shortcut === (this.get(id).shortcut ?? null)) delete own[id];
    else own[id] = shortcut;
    this.#keep(own);
  }

  resetShortcuts(): void {
    this.#keep({});
  }

  #keep(own: Record<string, string | null>): void {
    this.#own = own;
    remember("shortcuts", Object.keys(own).length > 0 ? JSON.stringify(own) : null);
  }

  setLetters(on: boolean): void {
    this.letters = on;
    remember("letters", on ? null : "off");
  }

  /** "Ctrl+B", or nothing when it has none or it is turned off. */
  label(id: string): string {
    const shortcut = this.shortcut(id);
    return shortcut && this.#active(shortcut) ? shortcutLabel(shortcut, this.mac) : "";
  }

  aria(id: string): string | undefined {
    const shortcut = this.shortcut(id);
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
    const meant = this.#meant(event.target);
    // Whoever has pressed the first of two means the second, also where that key alone does something else.
    const pair =
      first && meant.find(({ one, two }) => two && sameStroke(one, first) && sameStroke(two, stroke));
    const found = pair ?? meant.find(({ one, two }) => !two && sameStroke(one, stroke));
    // What lies behind a dialog waits until it has its answer; the browser's own meaning of the key does, too.
    if (inDialog()) {
      if (found && !found.plain) event.preventDefault();
      return false;
    }
    if (found) {
      event.preventDefault();
      return this.#try(found.command);
    }
    if (meant.some(({ one, two }) => two && sameStroke(one, stroke))) this.#first = { stroke, at: now };
    return false;
  }

  /** What can be reached by keys now, with the focus there. */
  #meant(target: EventTarget | null) {
    const text = takesText(target);
    return this.all().flatMap((command) =>
      this.shortcuts(command.id).flatMap((shortcut) => {
        const plain = isPlain(shortcut);
        if (!this.#active(shortcut) || (plain && (text || inMenu(target)))) return [];
        if (!(command.when?.() ?? true)) return [];
        const [one, two] = parseShortcut(shortcut);
        return [{ command, plain, one, two }];
      }),
    );
  }

  #active(shortcut: string): boolean {
    return this.letters || !isPlain(shortcut);
  }
}

function ownShortcuts(): Record<string, string | null> {
  try {
    const kept: unknown = JSON.parse(remembered("shortcuts") ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    return Object.fromEntries(
      Object.entries(kept).filter(([, shortcut]) => shortcut === null || typeof shortcut === "string"),
    ) as Record<string, string | null>;
  } catch {
    return {};
  }
}

function written({ shortcut, also = [] }: Command): string[] {
  return shortcut === undefined ? also : [shortcut, ...also];
}

/** Something wants an answer before the rest goes on. */
function inDialog(): boolean {
  return document.querySelector('[aria-modal="true"]:not([data-state="closed"])') !== null;
}

/** Letters choose an item there. */
function inMenu(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[role='menu']") !== null;
}

/** One would keep the other from ever being reached. */
function overlap(a: string, b: string): boolean {
  const [x, y] = [parseShortcut(a), parseShortcut(b)];
  const shared = Math.min(x.length, y.length);
  return x.slice(0, shared).every((stroke, i) => sameStroke(y[i], stroke));
}
