import type { ScheduleJob } from "$/ipc/client";
import { clockTime, officeDate, shortDate } from "$/lib/time";
import { plain, shorten } from "$/lib/words";

import type { Place } from "./edits";
import type { Span } from "./workdays";

/** "Fri, Jun 19, 6:30 AM". */
export function startWords(instant: string, zone: string, today: string): string {
  const date = officeDate(instant, zone);
  return date ? `${shortDate(date, today)}, ${clockTime(instant, zone)}` : "";
}

/** "until 2:30 PM", "until Mon, Jun 22, 12:00 PM". */
export function endWords({ start, end }: Span, zone: string, today: string): string {
  const same = officeDate(start, zone) === officeDate(end, zone);
  return `until ${same ? clockTime(end, zone) : startWords(end, zone, today)}`;
}

/** "Paving 1, Milling 1". */
export function crewWords(crews: readonly string[], names: ReadonlyMap<string, string>): string {
  if (crews.length === 0) return "No crew";
  return crews
    .map((crew) => {
      const name = names.get(crew);
      return name === undefined ? "A crew that is gone" : shorten(name, 60).trim() || "A crew without a name";
    })
    .join(", ");
}

/** "Fri, Jun 19, 6:30 AM, Paving 1": what was wanted, where somebody else was faster. */
export function placeWords(
  place: Place,
  names: ReadonlyMap<string, string>,
  zone: string,
  today: string,
): string {
  return `${startWords(place.start, zone, today)}, ${crewWords(place.crews, names)}`;
}

/** A name made of marks of direction is none. */
export function nameOf(job: Pick<ScheduleJob, "customer" | "address">): string {
  const name = shorten(job.customer ?? "", 200);
  if (plain(name).trim() !== "") return name;
  return shorten(job.address, 80).trim() || "A job without a name";
}
