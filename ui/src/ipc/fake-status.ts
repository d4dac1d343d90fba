import { capital } from "$/lib/time";
import { changeSentence } from "$/lib/words";

import type { ContractChoice, HistoryLine, JobChange, StatusChoice } from "./client";
import type { FakeContract } from "./fake-board";

/* Where the status of a job may go in the office in memory, and how it says what it knows. */

export const choice = (status: string, label: string, needs_reason = false): StatusChoice => ({
  status,
  label,
  needs_reason,
});
export const MAY_BECOME: Record<string, StatusChoice[]> = {
  scheduled: [
    choice("confirmed", "Confirmed by the customer"),
    choice("in_progress", "Work has begun"),
    choice("canceled", "Canceled", true),
  ],
  confirmed: [
    choice("scheduled", "Not confirmed after all"),
    choice("in_progress", "Work has begun"),
    choice("canceled", "Canceled", true),
  ],
  in_progress: [
    choice("completed", "Completed"),
    choice("scheduled", "Not begun after all", true),
    choice("canceled", "Canceled", true),
  ],
  completed: [choice("in_progress", "Reopened: there is more to do", true)],
  canceled: [choice("scheduled", "Reopened: it is to be done after all", true)],
  rescheduled: [
    choice("scheduled", "Scheduled"),
    choice("confirmed", "Confirmed by the customer"),
    choice("in_progress", "Work has begun"),
    choice("canceled", "Canceled", true),
  ],
};
/** What was done to a job that is so now. */
export const DONE: Record<string, string> = {
  confirmed: "confirmed",
  in_progress: "begun",
  completed: "completed",
  canceled: "canceled",
  scheduled: "scheduled again",
};

export function chosen({ id, customer, phone, service_type, address, status }: FakeContract): ContractChoice {
  return { id, customer, phone, service_type, address, status };
}

/** Of a job that only Today knows. */
export function line(change: JobChange, n: number): HistoryLine {
  return {
    ...change,
    id: `00000000-0000-4000-8000-0000000fe${String(n).padStart(3, "0")}`,
    sentence: capital(changeSentence({ ...change, source: "manual_admin" }).did),
    fields: [],
    can_undo: false,
    why_not: "It was changed again since.",
  };
}
