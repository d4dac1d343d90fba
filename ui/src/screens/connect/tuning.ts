import type { Tuning } from "$/ipc/client";

/** As typed. */
export type TuningDraft = Record<keyof Tuning, string>;

type Setting = { key: keyof Tuning; name: string; unit: string; min: number; max: number; hint: string };

/** How many links this computer keeps, and how patient it is. */
export const TUNING: { title: string; settings: Setting[] }[] = [
  {
    title: "Links to the server",
    settings: [
      {
        key: "keep_ready",
        name: "Kept open",
        unit: "links",
        min: 0,
        max: 5,
        hint: "Even while nobody works. Answers come faster after a pause; each takes room on the server.",
      },
      {
        key: "max_connections",
        name: "At most",
        unit: "links",
        min: 2,
        max: 20,
        hint: "Of this computer, all together.",
      },
      {
        key: "idle_seconds",
        name: "Close an unused one after",
        unit: "seconds",
        min: 5,
        max: 3600,
        hint: "Those beyond the ones kept open.",
      },
      {
        key: "acquire_seconds",
        name: "Wait for a free one",
        unit: "seconds",
        min: 1,
        max: 60,
        hint: "Then you are told that there is no answer.",
      },
    ],
  },
  {
    title: "Patience",
    settings: [
      {
        key: "statement_seconds",
        name: "Stop a question after",
        unit: "seconds",
        min: 1,
        max: 600,
        hint: "Nothing is changed by a question that was stopped.",
      },
      {
        key: "lock_seconds",
        name: "Wait for somebody else’s change",
        unit: "seconds",
        min: 1,
        max: 60,
        hint: "When two people save the same thing.",
      },
      {
        key: "idle_in_transaction_seconds",
        name: "Drop an unfinished change after",
        unit: "seconds",
        min: 5,
        max: 3600,
        hint: "So that a computer that fell asleep keeps nobody waiting.",
      },
    ],
  },
];

const ALL = TUNING.flatMap((group) => group.settings);
export const TUNING_KEYS = ALL.map((setting) => setting.key);

export function typedTuning(tuning: Tuning): TuningDraft {
  return Object.fromEntries(TUNING_KEYS.map((key) => [key, String(tuning[key])])) as TuningDraft;
}

/** What is wrong with it, by setting. */
export function wrongTuning(draft: TuningDraft): Partial<Record<keyof Tuning, string>> {
  const errors: Partial<Record<keyof Tuning, string>> = {};
  for (const { key, min, max } of ALL) {
    const text = draft[key].trim();
    if (!/^\d{1,5}$/.test(text) || Number(text) < min || Number(text) > max)
      errors[key] = `A whole number from ${min} to ${max}.`;
  }
  if (
    !errors.keep_ready &&
    !errors.max_connections &&
    Number(draft.keep_ready) > Number(draft.max_connections)
  )
    errors.keep_ready = "No more than the most there may be.";
  return errors;
}

export function toTuning(draft: TuningDraft): Tuning {
  return Object.fromEntries(TUNING_KEYS.map((key) => [key, Number(draft[key].trim())])) as Tuning;
}

export function sameTuning(a: Tuning, b: Tuning): boolean {
  return TUNING_KEYS.every((key) => a[key] === b[key]);
}
