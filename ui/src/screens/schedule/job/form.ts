import type { Errors } from "$/components/form/form.svelte";
import type { JobEdit, JobInput, ResourceWord, StatusChoice } from "$/ipc/client";
import { spelledDate } from "$/lib/dates";
import { spelledTime } from "$/lib/times";
import { label, shorten } from "$/lib/words";
import { priorityWord } from "$/shell/priorities";

import { dateOf, isLocal, keptInstant, localOf, timeOf } from "./when";

/** A job as its form holds it: what the clock shows instead of instants, nothing instead of null. */
export type JobValues = {
  contract_id: string;
  start: string;
  end: string;
  status: string;
  /** Not of the job: why this change. */
  reason: string;
  crew: ResourceWord[];
  machines: ResourceWord[];
  address: string;
  instructions: string;
  duration_hours: string;
  weather_dependent: boolean;
  priority: string;
  pinned: boolean;
  follows_job_id: string;
  follows_after_hours: string;
};

export const NAMES: Record<keyof JobValues, string> = {
  contract_id: "Contract",
  start: "Starts",
  end: "Ends",
  status: "Status",
  reason: "Reason",
  crew: "Crew and people",
  machines: "Machines",
  address: "Address",
  instructions: "Instructions for the crew",
  duration_hours: "Estimated work",
  weather_dependent: "Depends on the weather",
  priority: "Priority",
  pinned: "Pinned",
  follows_job_id: "Waits for",
  follows_after_hours: "Hours after it",
};

export const PRIORITIES = [5, 4, 3, 2, 1].map((n) => ({
  value: String(n),
  label: `${n} – ${priorityWord(n)}`,
}));

export const LIMITS = { address: 500, instructions: 10_000 };

export function valuesOf({ input, zone }: JobEdit): JobValues {
  return {
    contract_id: input.contract_id ?? "",
    start: localOf(input.start, zone),
    end: localOf(input.end, zone),
    status: input.status,
    reason: "",
    crew: input.crew,
    machines: input.machines,
    address: input.address,
    instructions: input.instructions ?? "",
    duration_hours: plainHours(input.duration_hours ?? ""),
    weather_dependent: input.weather_dependent,
    priority: String(input.priority),
    pinned: input.pinned,
    follows_job_id: input.follows_job_id ?? "",
    follows_after_hours: plainHours(input.follows_after_hours),
  };
}

/** `before`: what was read, whose instants are kept where the clock shows the same. */
export function inputOf(values: JobValues, before: JobEdit): JobInput {
  const { zone, input } = before;
  const follows = values.follows_job_id || null;
  return {
    contract_id: values.contract_id || null,
    start: keptInstant(values.start, input.start, zone) ?? input.start,
    end: keptInstant(values.end, input.end, zone) ?? input.end,
    status: values.status,
    crew: values.crew,
    machines: values.machines,
    address: values.address.trim(),
    instructions: values.instructions.trim() === "" ? null : values.instructions,
    duration_hours: decimal(values.duration_hours),
    weather_dependent: values.weather_dependent,
    priority: Number(values.priority),
    pinned: values.pinned,
    follows_job_id: follows,
    follows_after_hours: (follows && decimal(values.follows_after_hours)) ?? "0",
  };
}

export function validate(values: JobValues, edit: JobEdit): Errors<JobValues> {
  const errors: Errors<JobValues> = {};
  for (const side of ["start", "end"] as const) {
    if (dateOf(values[side]) === "") errors[side] = "Enter the day.";
    else if (timeOf(values[side]) === "") errors[side] = "Enter the time.";
    else if (!isLocal(values[side])) errors[side] = "Enter a day and a time.";
  }
  if (!errors.start && !errors.end) {
    const [start, end] = [
      keptInstant(values.start, edit.input.start, edit.zone),
      keptInstant(values.end, edit.input.end, edit.zone),
    ].map((instant) => Date.parse(instant ?? ""));
    if (!(end! > start!)) errors.end = "The end has to be after the start.";
    else if (end! - start! > 366 * 86_400_000) errors.end = "A job lasts a year at most.";
  }
  if (values.address.trim() === "") errors.address = "Enter where the work is.";
  if (values.duration_hours.trim() !== "") {
    const hours = Number(decimal(values.duration_hours));
    if (!(hours > 0 && hours <= 99_999.99)) errors.duration_hours = "Enter hours, like 8 or 7.5.";
  }
  if (values.follows_job_id !== "" && values.follows_after_hours.trim() !== "") {
    const hours = Number(decimal(values.follows_after_hours));
    if (!(hours >= 0 && hours <= 99_999.99)) errors.follows_after_hours = "Enter hours, like 24.";
  }
  if (reasonNeeded(values, edit) && values.reason.trim() === "") errors.reason = "Say in a few words why.";
  return errors;
}

/** A status that may follow wants a reason, and so does another time of what the customer has confirmed. */
export function reasonNeeded(values: Pick<JobValues, "status" | "start" | "end">, edit: JobEdit): boolean {
  if (values.status !== edit.input.status) return becoming(values, edit)?.needs_reason ?? false;
  return edit.id !== null && edit.input.status === "confirmed" && isMoved(values, edit);
}

export function becoming(values: Pick<JobValues, "status">, edit: JobEdit): StatusChoice | undefined {
  return edit.may_become.find((choice) => choice.status === values.status);
}

export function isMoved(values: Pick<JobValues, "start" | "end">, { input, zone }: JobEdit): boolean {
  return values.start !== localOf(input.start, zone) || values.end !== localOf(input.end, zone);
}

/** A value as the choice between two versions shows it. */
export function spell(edit: JobEdit): (field: keyof JobValues & string, value: unknown) => string {
  return (field, value) => {
    switch (field) {
      case "start":
      case "end":
        return spelledLocal(String(value));
      case "crew":
      case "machines":
        return (value as ResourceWord[]).map((word) => shorten(word.name, 80)).join(", ");
      case "status":
        return label(String(value));
      case "priority":
        return PRIORITIES.find((one) => one.value === value)?.label ?? String(value);
      case "weather_dependent":
      case "pinned":
        return value ? "Yes" : "No";
      case "contract_id":
        if (value === "") return "No contract";
        return edit.contract && value === edit.contract.id
          ? shorten(edit.contract.customer, 80)
          : "Another contract";
      case "follows_job_id": {
        if (value === "") return "Nothing";
        const job = edit.related.find((one) => one.id === value);
        return job ? spelledLocal(localOf(job.start, edit.zone)) : "Another job";
      }
      default:
        return String(value ?? "");
    }
  };
}

/** "Thu, Jun 18, 2026, 6:00 AM". */
export function spelledLocal(text: string): string {
  return [dateOf(text) && spelledDate(dateOf(text)), timeOf(text) && spelledTime(timeOf(text))]
    .filter(Boolean)
    .join(", ");
}

/** "8" out of "8.00". */
export function plainHours(text: string): string {
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

/** As the core reads it; null: nothing. */
function decimal(text: string): string | null {
  const typed = text
    .trim()
    .replace(",", ".")
    .replace(/ ?h(ours?)?$/i, "");
  return typed === "" ? null : typed;
}
