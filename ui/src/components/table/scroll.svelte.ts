/** A browser's element is no higher than 16 to 33 million pixels: a million rows are more. */
export const HIGHEST = 8_000_000;

/**
 * Where a list stands that may be higher than an element can be. Small steps of the scroll bar are small steps of the
 * list, large ones jump in proportion; at the ends the two are brought together.
 */
export class ScrollState {
  /** Pixels of the list above the window. */
  top = $state(0);
  /** What the element's own scroll position was at that moment. */
  native = $state(0);
  view = $state(600);
  #real = 0;
  #box: { scrollTop: number } | null = null;

  attach(box: { scrollTop: number } | null): void {
    this.#box = box;
  }

  get real(): number {
    return this.#real;
  }

  /** The height the element gets. */
  get size(): number {
    return Math.min(this.#real, HIGHEST);
  }

  /** The list is now so high, and the window so. */
  measure(real: number, view: number): void {
    const changed = real !== this.#real || view !== this.view;
    this.#real = real;
    this.view = view;
    if (changed && this.top > this.#most) this.to(this.#most);
  }

  scrolled(native: number): void {
    if (native === this.native) return;
    const [span, nativeSpan] = [this.#most, Math.max(0, this.size - this.view)];
    if (this.#real <= HIGHEST) {
      this.top = Math.min(Math.max(native, 0), span);
      this.native = native;
      return;
    }
    const step = native - this.native;
    const small = Math.abs(step) < this.view * 2;
    this.top = Math.min(Math.max(small ? this.top + step : (native / nativeSpan) * span, 0), span);
    this.native = native;
    const [atTop, atEnd] = [native <= 0, native >= nativeSpan - 1];
    const apart =
      (atTop && this.top > 0) ||
      (atEnd && this.top < span) ||
      (!atTop && this.top === 0) ||
      (!atEnd && this.top === span);
    if (!apart) return;
    this.to(this.top);
    // A remainder smaller than one step of the scroll bar.
    if (this.native <= 0) this.top = 0;
    else if (this.native >= nativeSpan) this.top = span;
  }

  to(top: number): void {
    this.top = Math.min(Math.max(top, 0), this.#most);
    const nativeSpan = Math.max(0, this.size - this.view);
    const native = this.#real <= HIGHEST ? this.top : Math.round((this.top / (this.#most || 1)) * nativeSpan);
    if (this.#box) {
      this.#box.scrollTop = native;
      this.native = this.#box.scrollTop;
    } else this.native = native;
  }

  get #most(): number {
    return Math.max(0, this.#real - this.view);
  }
}
