import type { JobEdit, StatusChoice } from "$/ipc/client";
import { count, label } from "$/lib/words";

type Words = { title: string; sentence?: string; verb: string };

/** What the dialog says before. */
export function statusWords(status: string | null, many: number): Words {
  const jobs = many === 1 ? "the job" : count(many, "job");
  switch (status) {
    case "canceled":
      return {
        title: `Cancel ${jobs}`,
        sentence:
          "People and machines are free again at that time. It stays in the history and can be undone.",
        verb: `Cancel ${jobs}`,
      };
    case "completed":
      return { title: `Complete ${jobs}`, verb: `Complete ${jobs}` };
    case "confirmed":
      return { title: `Confirm ${jobs}`, verb: `Confirm ${jobs}` };
    case "in_progress":
      return { title: `Begin ${jobs}`, verb: `Begin ${jobs}` };
    case "scheduled":
      return { title: `Schedule ${jobs} again`, verb: "Schedule again" };
    default:
      return {
        title: many === 1 ? "Change the status" : `Change the status of ${jobs}`,
        verb: "Change the status",
      };
  }
}

/** What its toast says after. */
export function doneWords(status: string, many: number): string {
  const jobs = many === 1 ? "Job" : count(many, "job");
  const done: Record<string, string> = {
    canceled: "canceled",
    completed: "completed",
    confirmed: "confirmed",
    in_progress: "begun",
    scheduled: "scheduled again",
    rescheduled: "marked as rescheduled",
  };
  return `${jobs} ${Object.hasOwn(done, status) ? done[status] : `now “${label(status)}”`}`;
}

/** The short words for a button beside a job; dots where a reason is asked for. */
export function statusVerb({ status, label: long, needs_reason }: StatusChoice): string {
  if (status === "canceled") return "Cancel job…";
  if (needs_reason) return `${long}…`;
  const verbs: Record<string, string> = { confirmed: "Confirm", in_progress: "Begin", completed: "Complete" };
  return Object.hasOwn(verbs, status) ? (verbs[status] ?? long) : long;
}

/** What most jobs become from here; null: nothing in particular. */
export function likelyNext(edit: Pick<JobEdit, "may_become" | "input">): StatusChoice | null {
  const usual: Record<string, string> = {
    scheduled: "confirmed",
    rescheduled: "confirmed",
    confirmed: "in_progress",
    in_progress: "completed",
  };
  const { status } = edit.input;
  const wanted = Object.hasOwn(usual, status) ? usual[status] : undefined;
  return edit.may_become.find((one) => one.status === wanted) ?? null;
}

/** What every one of them may become; a reason is asked for when one of them needs it. */
export function inCommon(jobs: readonly Pick<JobEdit, "may_become">[]): StatusChoice[] {
  const [first, ...others] = jobs;
  return (first?.may_become ?? []).flatMap((choice) => {
    const same = others.map((job) => job.may_become.find((one) => one.status === choice.status));
    if (same.some((one) => !one)) return [];
    return [{ ...choice, needs_reason: choice.needs_reason || same.some((one) => one?.needs_reason) }];
  });
}
