import { stepDate } from "../span";
import { NAMES, type BoardView } from "./board.svelte";
import type { BoardDrag } from "./drag.svelte";
import { rowAt, within, type Box } from "./layout";

/** A pointer that has not moved this far wants to click; twice as far with Ctrl, which would make another job. */
const FAR = 4;
/** How wide the edges are by which a bar is made longer. */
const EDGE = 7;
/** Near an edge of the board it scrolls. */
const NEAR = 44;
const SCROLL_EVERY = 16;
/** Held beyond the edge of the part that is shown, or right at it, the next part comes. */
const NEXT_PART_MS = 800;
const AT_EDGE = 6;

type Pressed = {
  id: number;
  x: number;
  y: number;
  /** The bar under it. */
  bar: HTMLElement | null;
  edge: "start" | "end" | null;
  shift: boolean;
};

/** What the pointer does on the board. The board holds the pointer, not the bar, which may be scrolled out of being. */
export class BoardPointer {
  /** The box drawn over bars to select them, in coordinates of the time shown. */
  band = $state.raw<Box | null>(null);
  /** Where the pointer is, for the card beside it. */
  at = $state.raw<{ x: number; y: number } | null>(null);
  scroller: HTMLElement | null = null;
  /** A drag has just ended: the click that follows means nothing. */
  swallow = false;
  #pressed: Pressed | null = null;
  #bandFrom: { x: number; y: number; before: ReadonlySet<string> } | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #atEdgeSince: number | null = null;
  #keys = { alt: false, copy: false };

  constructor(
    private readonly view: BoardView,
    private readonly drag: BoardDrag,
  ) {}

  get busy(): boolean {
    return this.band !== null || this.drag.now?.by === "pointer";
  }

  down(event: PointerEvent): void {
    this.swallow = false;
    if (event.button !== 0 || !event.isPrimary || this.busy || this.drag.now) return;
    const target = event.target as HTMLElement;
    if (target.closest("[data-names], [data-days]") || this.#onScrollbar(event)) return;
    const bar = target.closest<HTMLElement>("[data-bar]");
    // A finger on an empty place scrolls.
    if (!bar && event.pointerType === "touch") return;
    const edge = bar ? edgeOf(bar, event.clientX) : null;
    this.#pressed = {
      id: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      bar,
      edge,
      shift: event.shiftKey,
    };
    // In the whole window: a quick hand is beyond the board before it has gone far enough to be held.
    addEventListener("pointermove", this.#move);
    addEventListener("pointerup", this.#up);
    addEventListener("pointercancel", this.#lost);
    this.#listen();
  }

  readonly #move = (event: PointerEvent): void => {
    const pressed = this.#pressed;
    if (!pressed || event.pointerId !== pressed.id) return;
    // It was let go of where nobody saw it: over another program, or on a scrollbar.
    if ((event.buttons & 1) === 0) return this.cancel();
    if (!this.busy) {
      const far = event.ctrlKey || event.metaKey ? 2 * FAR : FAR;
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < far) return;
      if (!this.#begin(pressed)) return this.#end();
      this.scroller?.setPointerCapture(event.pointerId);
      this.#timer = setInterval(() => this.#scroll(), SCROLL_EVERY);
    }
    this.#keys = { alt: event.altKey, copy: event.ctrlKey || event.metaKey };
    this.at = { x: event.clientX, y: event.clientY };
    this.#follow();
  };

  /** Ctrl pressed or let go of while the pointer rests makes a copy of the move, or a move of the copy. */
  readonly #held = (event: KeyboardEvent): void => {
    const now = event.type === "keydown";
    // Not every webview counts the key that is just pressed among those that are down.
    const down = (key: string, held: boolean) => (event.key === key ? now : held);
    const alt = down("Alt", event.altKey);
    const copy = down("Control", event.ctrlKey) || down("Meta", event.metaKey);
    if (!this.at || (alt === this.#keys.alt && copy === this.#keys.copy)) return;
    this.#keys = { alt, copy };
    this.#follow();
  };

  readonly #up = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pressed?.id) return;
    const busy = this.busy;
    this.#end();
    if (!busy) return;
    this.swallow = true;
    if (this.band) this.band = null;
    else void this.drag.drop();
  };

  readonly #lost = (event: PointerEvent): void => {
    if (event.pointerId === this.#pressed?.id) this.cancel();
  };

  cancel(): void {
    const { busy } = this;
    if (this.band && this.#bandFrom) this.view.store.selection.set(this.#bandFrom.before);
    this.band = null;
    this.#end();
    if (busy && this.drag.now) this.drag.cancel();
    this.swallow = busy;
  }

  /** Other days or rows are under the pointer now, although it has not moved. */
  again(): void {
    if (this.at) this.#follow();
  }

  /** Somebody brings waiting work from elsewhere in the window. */
  bring(x: number, y: number, keys: { alt: boolean; copy: boolean }): void {
    this.#keys = keys;
    this.at = { x, y };
    this.#listen();
    this.#timer ??= setInterval(() => this.#scroll(), SCROLL_EVERY);
    this.#follow();
  }

  /** … and lets go of it, or leaves. */
  brought(): void {
    this.#end();
  }

  /** What the pointer is on, in coordinates of the time shown; beyond the names or the days x is below 0. */
  place(): { x: number; y: number } | null {
    const { scroller, at, view } = this;
    if (!scroller || !at) return null;
    const box = scroller.getBoundingClientRect();
    const outside =
      at.x < box.left + NAMES || at.x > box.right || at.y < box.top + view.header || at.y > box.bottom;
    const x = at.x - box.left + scroller.scrollLeft - NAMES;
    return {
      x: outside && this.drag.now?.kind === "tray" ? -1 : x,
      y: at.y - box.top + scroller.scrollTop - view.header,
    };
  }

  #begin(pressed: Pressed): boolean {
    const { view, drag, scroller } = this;
    if (!scroller || !view.axis) return false;
    const box = scroller.getBoundingClientRect();
    const x = pressed.x - box.left + scroller.scrollLeft - NAMES;
    const y = pressed.y - box.top + scroller.scrollTop - view.header;
    if (pressed.bar) {
      const { on: row = "", id = "" } = pressed.bar.dataset;
      const found = view.barOf({ row, job: id });
      if (!found) return false;
      const grip = pressed.edge === "end" ? x - found.bar.x - found.bar.width : x - found.bar.x;
      if (!view.store.selection.has(id)) view.store.selection.clear();
      return drag.take(pressed.edge ?? "move", "pointer", { job: found.bar.job, row }, grip);
    }
    const laid = view.layout.rows[rowAt(view.layout, y)];
    if (!pressed.shift) return laid !== undefined && y < view.layout.height && drag.draw(x, laid);
    this.#bandFrom = { x, y, before: view.store.selection.ids };
    this.band = { left: x, right: x, top: y, bottom: y };
    return true;
  }

  #follow(): void {
    const place = this.place();
    if (!place) return;
    const from = this.#bandFrom;
    if (this.band && from) {
      this.band = {
        left: Math.min(from.x, place.x),
        right: Math.max(from.x, place.x),
        top: Math.min(from.y, place.y),
        bottom: Math.max(from.y, place.y),
      };
      const { view } = this;
      view.store.selection.set([...from.before, ...within(view.layout, this.band, view.sizes)]);
      return;
    }
    this.drag.over(place.x, place.y, { fine: this.#keys.alt, copy: this.#keys.copy });
  }

  #scroll(): void {
    const { scroller, at, view } = this;
    if (!scroller || !at) return;
    const box = scroller.getBoundingClientRect();
    if (
      this.drag.now?.kind === "tray" &&
      (at.x < box.left || at.x > box.right || at.y < box.top || at.y > box.bottom)
    )
      return;
    const by = (near: number, far: number) => speed(NEAR - near) - speed(NEAR - far);
    const [dx, dy] = [
      -by(at.x - box.left - NAMES, box.right - at.x),
      -by(at.y - box.top - view.header, box.bottom - at.y),
    ];
    const before = [scroller.scrollLeft, scroller.scrollTop];
    if (dx !== 0 || dy !== 0) scroller.scrollBy(dx, dy);
    if (scroller.scrollLeft !== before[0] || scroller.scrollTop !== before[1]) {
      this.#atEdgeSince = null;
      this.#follow();
      return;
    }
    const [left, right] = [at.x - box.left - NAMES, box.right - at.x];
    this.#turn(left < AT_EDGE ? -1 : right < AT_EDGE ? 1 : 0);
  }

  /** At the end of the part that is shown, the one after it. */
  #turn(to: -1 | 0 | 1): void {
    if (to === 0 || this.drag.now === null || this.drag.now.kind === "create") {
      this.#atEdgeSince = null;
      return;
    }
    const now = performance.now();
    this.#atEdgeSince ??= now;
    if (now - this.#atEdgeSince < NEXT_PART_MS) return;
    this.#atEdgeSince = now;
    const { store } = this.view;
    store.setFilters({ date: stepDate(store.tab, store.filters, store.today, to) });
  }

  #onScrollbar({ clientX, clientY }: PointerEvent): boolean {
    const { scroller } = this;
    if (!scroller) return false;
    const { left, top } = scroller.getBoundingClientRect();
    const { clientLeft, clientTop, clientWidth, clientHeight } = scroller;
    return clientX >= left + clientLeft + clientWidth || clientY >= top + clientTop + clientHeight;
  }

  #listen(): void {
    addEventListener("keydown", this.#held, true);
    addEventListener("keyup", this.#held, true);
  }

  #end(): void {
    removeEventListener("keydown", this.#held, true);
    removeEventListener("keyup", this.#held, true);
    removeEventListener("pointermove", this.#move);
    removeEventListener("pointerup", this.#up);
    removeEventListener("pointercancel", this.#lost);
    const id = this.#pressed?.id;
    if (id !== undefined && this.scroller?.hasPointerCapture(id)) this.scroller.releasePointerCapture(id);
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#pressed = null;
    this.#bandFrom = null;
    this.#atEdgeSince = null;
    this.at = null;
  }
}

/** Faster the nearer the edge. */
function speed(depth: number): number {
  return depth <= 0 ? 0 : Math.min(24, 2 + depth / 3);
}

function edgeOf(bar: HTMLElement, x: number): "start" | "end" | null {
  const box = bar.getBoundingClientRect();
  // A bar as narrow as its edges is moved, not stretched.
  const edge = Math.min(EDGE, box.width / 4);
  if (x >= box.right - edge && bar.dataset.after !== "true") return "end";
  return x <= box.left + edge && bar.dataset.before !== "true" ? "start" : null;
}
