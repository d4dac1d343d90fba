import type { PlanStrategy } from "$/ipc/client";
import { dropDraft, readDraft, writeDraft } from "$/lib/drafts";
import { iso } from "$/lib/dates";
import { isTime } from "$/lib/times";

import type { Edit } from "./edits";

/** What somebody chose and did not apply yet. */
export type Choices = {
  days: string[];
  fromTime: string | null;
  strategy: PlanStrategy;
  pushDays: number;
  otherCrews: boolean;
  edits: [string, Edit][];
  /** Their own words; null: as the days say. */
  reason: string | null;
};

const FORM = "rain-out";
const RECORD = "plan";

export function keepChoices(choices: Choices): void {
  writeDraft(FORM, RECORD, { version: null, at: new Date().toISOString(), base: {}, values: choices });
}

export function dropChoices(): void {
  dropDraft(FORM, RECORD);
}

/** What another version of the program kept, or half of it, is of no use. */
export function keptChoices(): (Choices & { at: string }) | null {
  const draft = readDraft(FORM, RECORD);
  if (!draft) return null;
  const { days, fromTime, strategy, pushDays, otherCrews, edits, reason } = draft.values as Partial<Choices>;
  const sound =
    Array.isArray(days) &&
    days.every((date) => typeof date === "string" && iso(date) !== null) &&
    (fromTime === null || (typeof fromTime === "string" && isTime(fromTime))) &&
    (strategy === "best_fit" || strategy === "nothing_forward" || strategy === "push_all") &&
    typeof pushDays === "number" &&
    Number.isInteger(pushDays) &&
    pushDays >= 1 &&
    pushDays <= 20 &&
    typeof otherCrews === "boolean" &&
    Array.isArray(edits) &&
    edits.every(isEdit) &&
    (reason === null || typeof reason === "string");
  return sound ? { days, fromTime, strategy, pushDays, otherCrews, edits, reason, at: draft.at } : null;
}

function isEdit(value: unknown): value is [string, Edit] {
  if (!Array.isArray(value) || typeof value[0] !== "string") return false;
  const { takes, place } = (value[1] ?? {}) as Edit;
  return (
    (takes === undefined || typeof takes === "boolean") &&
    (place === undefined ||
      (!Number.isNaN(Date.parse(place.start)) &&
        !Number.isNaN(Date.parse(place.end)) &&
        Array.isArray(place.crews) &&
        place.crews.every((crew) => typeof crew === "string")))
  );
}
