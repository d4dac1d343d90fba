import type { App } from "$/shell/app.svelte";
import type { JobClash, ScheduleJob } from "$/ipc/client";

/** What somebody set out to do. */
export type Wanted = {
  /** What was done, as its toast says it: "Job moved to Thu, Jun 11". */
  title: string;
  /** Each job's id, with what it was to become: "Thu, Jun 11, 6:00 AM – 2:00 PM, Crew A". */
  jobs: Map<string, string>;
};

export type ReasonWords = {
  title: string;
  /** Why it is asked. */
  sentence: string;
  /** The button: "Cancel the job". */
  verb: string;
  /** Reasons that are often given. */
  common?: readonly string[];
};

/** A question that holds up a change of the schedule. Each is answered exactly once; null: let it be. */
export type Ask =
  | { kind: "clashes"; clashes: JobClash[]; answer: (overrideReason: string | null) => void }
  | {
      kind: "changed";
      jobs: ScheduleJob[];
      missing: string[];
      by: string | null;
      wanted: Wanted;
      answer: (mine: true | null) => void;
    }
  | { kind: "reason"; words: ReasonWords; answer: (reason: string | null) => void };

/** The questions of this window, one at a time in the order they came up. */
export class Asks {
  #waiting = $state.raw<Ask[]>([]);
  /** The window they are shown in; none before it is there and after it has gone. */
  app: App | null = null;

  get current(): Ask | null {
    return this.#waiting[0] ?? null;
  }

  ask<T>(make: (answer: (given: T | null) => void) => Ask): Promise<T | null> {
    // Nobody is there to answer: nothing is done.
    if (!this.app) return Promise.resolve(null);
    return new Promise((resolve) => {
      const ask = make((given) => {
        if (!this.#waiting.includes(ask)) return;
        this.#waiting = this.#waiting.filter((one) => one !== ask);
        resolve(given);
      });
      this.#waiting = [...this.#waiting, ask];
    });
  }

  /** The window is there until the returned function is called. */
  show(app: App): () => void {
    this.app = app;
    return () => {
      if (this.app !== app) return;
      for (const ask of this.#waiting) ask.answer(null);
      this.app = null;
    };
  }
}

export const asks = new Asks();
