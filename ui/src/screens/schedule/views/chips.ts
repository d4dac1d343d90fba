import { label, shorten } from "$/lib/words";
import { priorityWord } from "$/shell/priorities";

import { EVERY_JOB, type Narrowing } from "../filters";

/** One thing that narrows what is shown, and what to set so that it does not. */
export type FilterChip = { id: keyof Narrowing; words: string; without: Partial<Narrowing> };

export function serviceWord(service: string): string {
  return service === "none" ? "No contract" : label(service);
}

export function priorityWords(least: number): string {
  return least >= 5 ? "Urgent only" : `${priorityWord(least)} and up`;
}

/** What is active, in the order of the bar above it. */
export function chipsOf(filters: Narrowing, crewName: (id: string) => string): FilterChip[] {
  const chip = (id: keyof Narrowing, words: string | false): FilterChip[] =>
    words === false ? [] : [{ id, words, without: { [id]: EVERY_JOB[id] } }];
  const list = (id: keyof Narrowing, items: string[]) => chip(id, items.length > 0 && either(items));
  const text = filters.text.trim();
  return [
    ...chip("text", text !== "" && `“${shorten(text, 40)}”`),
    ...list("statuses", filters.statuses.map(label)),
    ...list("services", filters.services.map(serviceWord)),
    ...list(
      "crews",
      filters.crews.map((id) => shorten(crewName(id), 30)),
    ),
    ...chip(
      "weather",
      filters.weather !== null && (filters.weather ? "Weather-dependent" : "Not weather-dependent"),
    ),
    ...chip("priority", filters.priority !== null && priorityWords(filters.priority)),
    ...chip("outside", filters.outside && "From outside"),
    ...chip("unassigned", filters.unassigned && "Nobody on it"),
    ...chip("clashing", filters.clashing && "Clashing"),
  ];
}

/** "Scheduled or confirmed", "Paving 1 or 3 others". */
function either(items: string[]): string {
  const [first = "", second = ""] = items;
  if (items.length === 1) return first;
  return items.length === 2 ? `${first} or ${second}` : `${first} or ${items.length - 1} others`;
}
