/** Where the keys act in a list, and what is selected in it. By id: rows come and go. */
export class Selection {
  at = $state<string | null>(null);
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** Where a range begins. */
  #from: string | null = null;
  /** What was chosen before the range. */
  #before: ReadonlySet<string> = new Set();

  constructor(private readonly ids: () => string[]) {}

  get index(): number {
    return this.at === null ? -1 : this.ids().indexOf(this.at);
  }

  /** By so many rows; with `range` all between are chosen. */
  move(by: number, range = false): void {
    const ids = this.ids();
    if (ids.length === 0) return;
    const from = this.index;
    const to = from < 0 ? (by < 0 ? ids.length - 1 : 0) : from + by;
    this.go(ids[Math.max(0, Math.min(ids.length - 1, to))]!, range);
  }

  go(id: string, range = false): void {
    if (!range) this.#from = null;
    else this.#begin();
    this.at = id;
    if (range) this.#span();
  }

  toggle(id: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(id)) chosen.add(id);
    this.chosen = chosen;
    this.at = id;
    this.#from = id;
    this.#before = chosen;
  }

  /** From where the last choice was to here. */
  to(id: string): void {
    this.#begin();
    this.at = id;
    this.#span();
  }

  all(): void {
    this.chosen = new Set(this.ids());
  }

  clear(): void {
    this.chosen = new Set();
    this.#from = null;
  }

  /** Rows are gone: what is no longer there is not chosen, and the keys go on with the row that took the place. */
  follow(before: string[]): void {
    const ids = this.ids();
    const here = new Set(ids);
    if ([...this.chosen].some((id) => !here.has(id)))
      this.chosen = new Set([...this.chosen].filter((id) => here.has(id)));
    if (this.at === null || here.has(this.at)) return;
    const was = before.indexOf(this.at);
    const next = before.slice(was + 1).find((id) => here.has(id));
    this.at = next ?? ids.at(-1) ?? null;
  }

  #begin(): void {
    if (this.#from !== null) return;
    this.#from = this.at;
    this.#before = this.chosen;
  }

  #span(): void {
    const ids = this.ids();
    const [a, b] = [ids.indexOf(this.#from ?? ""), ids.indexOf(this.at ?? "")];
    if (b < 0) return;
    const [low, high] = a < 0 ? [b, b] : [Math.min(a, b), Math.max(a, b)];
    this.chosen = new Set([...this.#before, ...ids.slice(low, high + 1)]);
  }
}
