import { isTime, spelledTime } from "$/lib/times";

/** What the two times mean, so that nobody wonders what happens at night. */
export function quietSentence(from: string, until: string): string {
  if (!isTime(from) || !isTime(until) || from === until)
    return "Popups wait during these hours; nothing is dropped.";
  const end = `${spelledTime(until)}${until < from ? " the next day" : ""}`;
  return `Popups wait from ${spelledTime(from)} until ${end}; nothing is dropped.`;
}
