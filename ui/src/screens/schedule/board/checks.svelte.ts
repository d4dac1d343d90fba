import type { Consequences, JobCheck } from "$/ipc/client";
import { clockTime, computerZone } from "$/lib/time";
import { shorten } from "$/lib/words";

import type { Finding } from "./precheck";

const EVERY = 120;
const MOST = 6;

/** Asks the office what would follow, at most so often; only the answer to the newest question counts. */
export class Checks {
  /** Of the place that is shown; null: not known yet. */
  answer = $state.raw<Finding[] | null>(null);
  zone = computerZone();
  #question = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(private readonly office: (checks: JobCheck[]) => Promise<Consequences[]>) {}

  ask(checks: JobCheck[]): void {
    const question = ++this.#question;
    this.answer = null;
    clearTimeout(this.#timer);
    const wait = Math.max(0, this.#last + EVERY - performance.now());
    this.#timer = setTimeout(() => void this.#send(question, checks), wait);
  }

  stop(): void {
    this.#question += 1;
    clearTimeout(this.#timer);
    this.answer = null;
  }

  async #send(question: number, checks: JobCheck[]): Promise<void> {
    this.#last = performance.now();
    try {
      const said = await this.office(checks);
      if (question === this.#question) this.answer = findings(said, this.zone);
    } catch {
      // What is seen from here must do; saving asks again.
    }
  }
}

export function findings(said: readonly Consequences[], zone: string): Finding[] {
  const found = new Map<string, Finding>();
  for (const { clashes } of said) {
    const others = new Map<string, string[]>();
    for (const clash of clashes)
      others.set(clash.other_job_id, [...(others.get(clash.other_job_id) ?? []), clash.resource_name]);
    for (const [otherId, names] of others) {
      const clash = clashes.find((one) => one.other_job_id === otherId)!;
      const place = shorten(clash.other_customer?.trim() || clash.other_address, 60);
      const first = shorten(names[0] ?? "", 60);
      const who = names.length > 1 ? `${first} and ${names.length - 1} more are` : `${first} is`;
      const when = `${clockTime(clash.other_start, zone)} – ${clockTime(clash.other_end, zone)}`;
      const text = `${who} at ${place} (${when}).`;
      found.set(text, { kind: "clash", otherId, text });
    }
  }
  for (const { warnings } of said)
    for (const { text } of warnings) found.set(text, { kind: "warning", text: shorten(text, 160) });
  return [...found.values()].slice(0, MOST);
}
