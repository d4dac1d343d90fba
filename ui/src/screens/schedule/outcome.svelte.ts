import { failed } from "$/components/toast/toast";
import type { ScheduleOutcome } from "$/ipc/client";
import { asOfficeError, nextStep, type OfficeError } from "$/ipc/errors";

import { asks, type ReasonWords, type Wanted } from "./dialogs/asks.svelte";

/*
  One way for every change of the schedule to come to an end: saved and undoable, agreed with the person, or left alone.
  The dialogs are shown by <OutcomeDialogs/>, which stands once in the Shell.
*/
export type { ReasonWords, Wanted } from "./dialogs/asks.svelte";

export type Attempt = (given: {
  /** Going ahead over clashes, and why. */
  overrideReason: string | null;
  /** By job: the version to give back instead of the one that was seen; null at first. */
  versions: Map<string, number> | null;
  /** Asked for when the office refuses without one. */
  reason: string | null;
}) => Promise<ScheduleOutcome>;

type Done = Extract<ScheduleOutcome, { kind: "done" }>;

/**
 * Runs the attempt, asks what has to be asked and tries again, and says what came of it, with Undo. "given_up": nothing
 * was saved.
 */
export async function settle(attempt: Attempt, wanted: Wanted): Promise<"done" | "given_up"> {
  try {
    const outcome = await agree(attempt, wanted);
    if (!outcome) {
      asks.app?.announcer.say("Nothing was changed.");
      return "given_up";
    }
    tell(outcome, wanted.title);
    return "done";
  } catch (thrown) {
    complain(asOfficeError(thrown));
    return "given_up";
  }
}

/**
 * The same without a word of how it ended; null: let be. Throws what the attempt throws, but for a missing reason, which
 * is asked for unless the caller has a field for it.
 */
export async function agree(
  attempt: Attempt,
  wanted: Wanted,
  { asksReason = true } = {},
): Promise<Done | null> {
  let overrideReason: string | null = null;
  let versions: Map<string, number> | null = null;
  let reason: string | null = null;
  for (;;) {
    let outcome: ScheduleOutcome;
    try {
      outcome = await attempt({ overrideReason, versions, reason });
    } catch (thrown) {
      const error = asOfficeError(thrown);
      const unexplained = error.code === "invalid" && error.field === "reason" && reason === null;
      if (!asksReason || !unexplained) throw error;
      reason = await askReason({ title: "Why?", sentence: error.message, verb: "Go on" });
      if (reason === null) return null;
      continue;
    }
    if (outcome.kind === "done") return outcome;
    if (outcome.kind === "clashes") {
      const { clashes } = outcome;
      overrideReason = await asks.ask<string>((answer) => ({ kind: "clashes", clashes, answer }));
      if (overrideReason === null) return null;
    } else {
      const { jobs, missing, by } = outcome;
      const mine = await asks.ask<true>((answer) => ({ kind: "changed", jobs, missing, by, wanted, answer }));
      if (mine === null) return null;
      versions = new Map([...(versions ?? []), ...jobs.map((job) => [job.id, job.version] as const)]);
    }
  }
}

/** A reason, kept in the history; null: thought better of it. */
export function askReason(words: ReasonWords): Promise<string | null> {
  return asks.ask<string>((answer) => ({ kind: "reason", words, answer }));
}

/** The toast of what was saved, with Undo. */
export function tell({ change }: Pick<Done, "change">, title: string): void {
  if (change) asks.app?.undo.offer(title, change);
  else asks.app?.announcer.say("Nothing was different.");
}

export function complain(error: OfficeError, title = "Nothing was changed."): void {
  const { app } = asks;
  const next = nextStep(error.code);
  app?.announcer.say(`${title} ${error.message}`);
  failed(title, {
    error: next ? { message: `${error.message} ${next}` } : error,
    ...(app && { details: () => app.details(error) }),
  });
}
