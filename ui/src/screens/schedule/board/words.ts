import type { Schedule, ScheduleJob } from "$/ipc/client";
import { capital, clockTime, dayWord, datedRange, hours, officeDate, shortDate } from "$/lib/time";
import { count, shorten } from "$/lib/words";

import { jobName } from "../calendar/words";
import type { Away } from "./away";
import type { Load } from "./load";
import type { BoardRow } from "./rows";

/** "6", "6:30", "3p": where there is room for little more than a number. */
export function shortClock(instant: string, zone: string): string {
  return clockTime(instant, zone)
    .replace(":00", "")
    .replace(/ (A|P)M$/, (_, half: string) => half.toLowerCase());
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** "7a–3p", "7:00 AM – 3:00 PM"; over several days "Fri 7a – Mon 12p". */
export function barTime(
  { start, end }: { start: string; end: string },
  roomy: boolean,
  zone: string,
): string {
  const [first, last] = [officeDate(start, zone), officeDate(end, zone)];
  if (first !== last && Date.parse(end) - Date.parse(start) > 14 * 3_600_000) {
    const side = (date: string, instant: string) =>
      `${WEEKDAYS[new Date(`${date}T12:00:00Z`).getUTCDay()] ?? ""} ${shortClock(instant, zone)}`;
    return `${side(first, start)} – ${side(last, end)}`;
  }
  return roomy
    ? `${clockTime(start, zone)} – ${clockTime(end, zone)}`
    : `${shortClock(start, zone)}–${shortClock(end, zone)}`;
}

/** "Tue, Jun 9, 6:00 AM – 3:00 PM, Paving 1". */
export function placeWords(
  times: { start: string; end: string },
  row: Pick<BoardRow, "name"> | null,
  zone: string,
  today: string,
): string {
  const when = datedRange(times.start, times.end, zone, today);
  return row ? `${when}, ${shorten(row.name, 60)}` : when;
}

/** "Oak Ridge HOA moved to Tue, Jun 9, 6:00 AM". */
export function movedTitle(jobs: readonly ScheduleJob[], start: string, zone: string, today: string): string {
  if (jobs.length !== 1) return `${count(jobs.length, "job")} moved`;
  const day = dayWord(officeDate(start, zone), today);
  return `${shorten(jobName(jobs[0]!), 60)} moved to ${day}, ${clockTime(start, zone)}`;
}

export function hoursWords(load: Load): string {
  const number = (value: number) => String(Math.round(value * 10) / 10);
  return `${number(load.booked)} of ${hours(number(load.available))}`;
}

export function percent(load: Load): string {
  return load.share === null ? "–" : `${Math.round(load.share * 100)}%`;
}

/** A row as a sentence, for who does not see it. */
export function rowSentence(row: BoardRow, load: Load | null, data: Schedule): string {
  const days = (one: { start: string; end: string }) => {
    const from = shortDate(officeDate(one.start, data.zone), data.today);
    const last = officeDate(new Date(Math.max(Date.parse(one.start), Date.parse(one.end) - 1)), data.zone);
    const until = shortDate(last, data.today);
    return from === until ? `on ${from}` : `from ${from} to ${until}`;
  };
  const off = row.off.slice(0, 3).map((one) => `${offWord(one.kind).toLowerCase()} ${days(one)}`);
  const away = row.away.slice(0, 3).map((one) => `${awayWords(one)} ${days(one)}`);
  return [
    row.name,
    row.detail,
    row.note?.toLowerCase(),
    count(row.jobs.length, "job"),
    load?.share === undefined || load.share === null ? null : `${percent(load)} booked, ${hoursWords(load)}`,
    ...off,
    ...away,
  ]
    .filter(Boolean)
    .join(", ");
}

/** "1 of 5 away". */
export function awayWords({ people, of }: Pick<Away, "people" | "of">): string {
  return people.length === of ? "everybody away" : `${people.length} of ${of} away`;
}

/** "1 of 5 away: Luis Bailey". */
export function awaySentence(away: Away, data: Pick<Schedule, "people">): string {
  const names = away.people.map((id) => data.people.find((one) => one.id === id)?.name ?? "Somebody");
  const some = names.slice(0, 6).map((name) => shorten(name, 40));
  const more = names.length - some.length;
  return `${capital(awayWords(away))}: ${[...some, ...(more > 0 ? [`${more} more`] : [])].join(", ")}`;
}

const OFF: Record<string, string> = {
  leave: "On leave",
  sick: "Sick",
  maintenance: "In the shop",
};

export function offWord(kind: string): string {
  return Object.hasOwn(OFF, kind) ? (OFF[kind] ?? kind) : capital(kind);
}
