/*
  Something that leaves the building waits, and can be called back. Its act runs exactly once at the end, or never: the
  state says which, and nothing leads back from "acting" or "recalled". While somebody looks at it, it waits.
*/
export type RecallState = "waiting" | "acting" | "done" | "failed" | "recalled";

export class Recall {
  state = $state<RecallState>("waiting");
  /** Milliseconds until it acts. */
  left = $state(0);
  paused = $state(false);
  #holders = new Set<string>();
  #ends = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly seconds: number,
    private readonly act: () => void | Promise<void>,
    private readonly ended: (state: RecallState, error?: unknown) => void = () => undefined,
  ) {
    this.left = seconds * 1_000;
    this.#go();
  }

  /** Held while any of them looks: the pointer, the focus. */
  hold(who: string): void {
    this.#holders.add(who);
    if (this.paused || this.state !== "waiting") return;
    this.left = Math.max(0, this.#ends - performance.now());
    this.paused = true;
    clearInterval(this.#timer);
  }

  release(who: string): void {
    this.#holders.delete(who);
    if (!this.paused || this.#holders.size > 0 || this.state !== "waiting") return;
    this.paused = false;
    // Whoever has just let go of it gets a moment more.
    this.left = Math.max(this.left, 1_500);
    this.#go();
  }

  /** True when it was still in time. */
  recall(): boolean {
    if (this.state !== "waiting") return false;
    this.#stop("recalled");
    return true;
  }

  /** Does not want to wait. */
  now(): void {
    if (this.state === "waiting") void this.#run();
  }

  #go(): void {
    this.#ends = performance.now() + this.left;
    // By the clock, not by counting: a window in the background is called rarely.
    this.#timer = setInterval(() => {
      this.left = Math.max(0, this.#ends - performance.now());
      if (this.left === 0) this.now();
    }, 200);
  }

  async #run(): Promise<void> {
    clearInterval(this.#timer);
    this.state = "acting";
    try {
      await this.act();
      this.#stop("done");
    } catch (error) {
      this.#stop("failed", error);
    }
  }

  #stop(state: RecallState, error?: unknown): void {
    clearInterval(this.#timer);
    this.state = state;
    this.ended(state, error);
  }
}
