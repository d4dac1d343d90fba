import type { Office, Outside } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";

/** What other programs did that somebody should look at. */
export class OutsideStore {
  data = $state.raw<Outside | null>(null);
  error = $state.raw<OfficeError | null>(null);
  busy = $state(false);
  /** Looked at just now: gone before the office has answered. */
  leaving = $state.raw<ReadonlySet<string>>(new Set());
  readonly #refresher = new Refresher(() => this.#read());

  constructor(private readonly office: Pick<Office, "outside" | "markLookedAt">) {}

  /** Without those that look like moves: they stand with what they moved from. */
  readonly fresh = $derived.by(() => {
    const moved = new Set(this.data?.moves.map((move) => move.new.id));
    return (this.data?.new_jobs ?? []).filter(({ job }) => !this.leaving.has(job.id) && !moved.has(job.id));
  });
  readonly moves = $derived((this.data?.moves ?? []).filter((move) => !this.leaving.has(move.new.id)));
  readonly empty = $derived(
    this.data !== null &&
      this.fresh.length === 0 &&
      this.moves.length === 0 &&
      this.data.unknown.length === 0,
  );

  refresh(): Promise<void> {
    return this.#refresher.ask();
  }

  stop(): void {
    this.#refresher.stop();
  }

  /** Throws what the office throws; they are there again then. */
  async looked(jobs: readonly string[]): Promise<void> {
    this.leaving = new Set([...this.leaving, ...jobs]);
    try {
      await this.office.markLookedAt([...jobs]);
      await this.refresh();
    } finally {
      this.leaving = new Set([...this.leaving].filter((id) => !jobs.includes(id)));
    }
  }

  async #read(): Promise<void> {
    this.busy = true;
    try {
      this.data = await this.office.outside();
      this.error = null;
    } catch (thrown) {
      this.error = asOfficeError(thrown);
    } finally {
      this.busy = false;
    }
  }
}
