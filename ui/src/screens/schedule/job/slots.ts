import { dropDraft, readDraft, type Draft } from "$/lib/drafts";

/*
  Jobs that were begun and not entered. Somebody who is interrupted begins another one: each has a place of its own, so
  that the second does not take the first's.
*/
export const FORM = "job";
const SLOTS = ["new", "new-2", "new-3", "new-4", "new-5"] as const;

export type Begun = { slot: string; draft: Draft };

/** The newest first. */
export function begun(): Begun[] {
  return SLOTS.flatMap((slot) => {
    const draft = readDraft(FORM, slot);
    return draft ? [{ slot, draft }] : [];
  }).sort((a, b) => (a.draft.at < b.draft.at ? 1 : -1));
}

/** One that nothing is kept in. When all are full the oldest goes: `given` is told of it before it is gone. */
export function freeSlot(given: (oldest: Begun) => void): string {
  const taken = begun();
  const free = SLOTS.find((slot) => !taken.some((one) => one.slot === slot));
  const oldest = taken.at(-1);
  if (free || !oldest) return free ?? SLOTS[0];
  given(oldest);
  dropDraft(FORM, oldest.slot);
  return oldest.slot;
}
