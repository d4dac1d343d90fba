import { firstAt } from "$/screens/shared/virtual";

import { keyOf, type ListItem } from "./items";

/** What is on screen, and how far below its edge: the first of it that is still there holds the list in its place. */
export class HeldPlace {
  #held: { key: string; below: number }[] = [];

  note(items: readonly ListItem[], offsets: Float64Array, top: number, height: number): void {
    this.#held = [];
    const until = firstAt(offsets, top + height);
    for (let i = firstAt(offsets, top); i <= until && i < items.length; i++)
      this.#held.push({ key: keyOf(items[i]!), below: (offsets[i] ?? 0) - top });
  }

  /** Where the list has to be scrolled to; null: nothing of it is left. */
  find(items: readonly ListItem[], offsets: Float64Array): number | null {
    const index = new Map(items.map((item, i) => [keyOf(item), i]));
    for (const { key, below } of this.#held) {
      const i = index.get(key);
      if (i !== undefined) return (offsets[i] ?? 0) - below;
    }
    return null;
  }

  forget(): void {
    this.#held = [];
  }
}
