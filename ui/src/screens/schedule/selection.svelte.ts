/** Which jobs are selected. By id: bars come and go. */
export class JobSelection {
  ids = $state.raw<ReadonlySet<string>>(new Set());

  get size(): number {
    return this.ids.size;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  set(ids: Iterable<string>): void {
    this.ids = new Set(ids);
  }

  add(ids: Iterable<string>): void {
    this.ids = new Set([...this.ids, ...ids]);
  }

  toggle(id: string): void {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.ids = ids;
  }

  clear(): void {
    if (this.ids.size > 0) this.ids = new Set();
  }

  /** What is gone is not selected any more. */
  keep(there: ReadonlySet<string>): void {
    if ([...this.ids].some((id) => !there.has(id)))
      this.ids = new Set([...this.ids].filter((id) => there.has(id)));
  }
}
