/**
 * Reads something again whenever asked, never twice at the same time: what is asked for during a reading causes exactly
 * one more after it, so that the newest state always wins. Bursts are spaced.
 */
export class Refresher {
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = false;
  #startedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly read: () => Promise<void>,
    private readonly spacing = 150,
  ) {}

  /** Resolves when a reading that began after this call has ended. */
  ask(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#run();
    return this.#running;
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    // What is asked after the last look at `#again` must find nothing running, or it would be lost: the two are one step.
    try {
      do await this.#once();
      while (this.#again && !this.#stopped);
    } finally {
      this.#running = null;
    }
  }

  async #once(): Promise<void> {
    const wait = this.#startedAt + this.spacing - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (this.#stopped) return;
    this.#again = false;
    this.#startedAt = performance.now();
    await this.read();
  }
}
