import { CalendarDate, parseDate as parseIso } from "@internationalized/date";

/*
  A date as a person types it. Dates have no zone here: "today" is the office's, and is given. What is not a date is
  null, never a guess at one.
*/
export type DateWords = { today: string; locale?: string };

const LOCALE = "en-US";

/** "2026-04-01" out of "4/1", "apr 1", "tomorrow", "+3", "mon", "next fri", "2026-04-01". */
export function readDate(typed: string, { today, locale = LOCALE }: DateWords): string | null {
  const text = simple(typed);
  const now = iso(today);
  if (text === "" || !now || text.length > 40) return null;
  const found =
    relative(text, now, locale) ??
    weekday(text, now, locale) ??
    digits(text, now, locale) ??
    named(text, now, locale);
  return found && found.year >= 1900 && found.year <= 2199 ? found.toString() : null;
}

/** "Wed, Apr 1, 2026": what the field shows once it has understood. */
export function spelledDate(date: string, locale = LOCALE): string {
  const it = iso(date);
  if (!it) return date;
  const options = { weekday: "short", month: "short", day: "numeric", year: "numeric" } as const;
  return spell(it, options, locale);
}

/** "Wednesday, April 1, 2026", for a screen reader. */
export function fullDate(date: string, locale = LOCALE): string {
  const it = iso(date);
  return it ? spell(it, { weekday: "long", month: "long", day: "numeric", year: "numeric" }, locale) : date;
}

export function iso(date: string): CalendarDate | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
  try {
    return parseIso(date);
  } catch {
    return null;
  }
}

export function addDays(date: string, days: number): string {
  return iso(date)?.add({ days }).toString() ?? date;
}

export function addMonths(date: string, months: number): string {
  return iso(date)?.add({ months }).toString() ?? date;
}

/** 0 = Sunday … 6 = Saturday, as the week of that place begins. */
export function firstDayOfWeek(locale = LOCALE): 0 | 1 {
  return /^en-(US|CA)|^(es|en)-(MX|PR)/.test(locale) ? 0 : 1;
}

function simple(typed: string): string {
  return typed
    .toLowerCase()
    .replace(/[\u200e\u200f\u202f\u00a0]/g, " ")
    .replace(/[.,]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

function spell(date: CalendarDate, options: Intl.DateTimeFormatOptions, locale: string): string {
  const format = new Intl.DateTimeFormat(usable(locale), { ...options, timeZone: "UTC" });
  return format.format(date.toDate("UTC")).replace(/[\u202f\u00a0]/g, " ");
}

/** A webview without LANG says "C". */
function usable(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? LOCALE;
  } catch {
    return LOCALE;
  }
}

const units = { d: "days", w: "weeks", m: "months", y: "years" } as const;

function relative(text: string, now: CalendarDate, locale: string): CalendarDate | null {
  const days = { today: 0, tod: 0, tomorrow: 1, tom: 1, tmrw: 1, yesterday: -1, yest: -1 };
  if (Object.hasOwn(days, text)) return now.add({ days: days[text as keyof typeof days] });
  const spoken = new Intl.RelativeTimeFormat(usable(locale), { numeric: "auto" });
  for (const offset of [-2, -1, 0, 1, 2])
    if (spoken.format(offset, "day").toLowerCase() === text) return now.add({ days: offset });
  if (text === "next week") return now.add({ weeks: 1 });
  if (text === "next month") return now.add({ months: 1 });
  const match =
    /^([+-]) ?(\d{1,4}) ?(d|w|m|y)?(?:ays?|eeks?|onths?|ears?)?$/.exec(text) ??
    /^(in) (\d{1,4}) (d|w|m|y)(?:ays?|eeks?|onths?|ears?)$/.exec(text);
  if (!match) return null;
  const amount = Number(match[2]) * (match[1] === "-" ? -1 : 1);
  return now.add({ [units[(match[3] ?? "d") as keyof typeof units]]: amount });
}

/** The next day of that name, never today: for today there is a word. */
function weekday(text: string, now: CalendarDate, locale: string): CalendarDate | null {
  const match = /^(next |last |this )?(\p{L}{2,12})$/u.exec(text);
  if (!match) return null;
  const wanted = dayIndex(match[2] ?? "", locale);
  if (wanted === null) return null;
  const present = now.toDate("UTC").getUTCDay();
  const ahead = (wanted - present + 7) % 7 || 7;
  switch (match[1]?.trim()) {
    case "last":
      return now.subtract({ days: (present - wanted + 7) % 7 || 7 });
    // The one of the next calendar week, which begins on Monday for everybody who plans work.
    case "next":
      return now.add({ days: ((8 - present) % 7 || 7) + ((wanted + 6) % 7) });
    default:
      return now.add({ days: ahead });
  }
}

/** 2023-01-01 was a Sunday. */
function dayIndex(word: string, locale: string): number | null {
  const english = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
  const format = new Intl.DateTimeFormat(usable(locale), { weekday: "long", timeZone: "UTC" });
  for (let day = 0; day < 7; day++) {
    const own = format.format(new Date(Date.UTC(2023, 0, 1 + day))).toLowerCase();
    if (begins(english[day] ?? "", word) || begins(own, word)) return day;
  }
  return null;
}

/** "mo" could be Monday or Mother: three letters or more, or the two usual ones. */
function begins(name: string, word: string): boolean {
  return word.length >= (/^(s|t)/.test(word) ? 3 : 2) && name.startsWith(word.replace(/^tues?$/, "tue"));
}

function digits(text: string, now: CalendarDate, locale: string): CalendarDate | null {
  const whole = /^(\d{4})[-/ ](\d{1,2})[-/ ](\d{1,2})$/.exec(text);
  if (whole) return real(Number(whole[1]), Number(whole[2]), Number(whole[3]));
  // A point was made a space above: 4.1.2026 is how others write it.
  const parts = /^(\d{1,2})[-/ ](\d{1,2})(?:[-/ ](\d{2}|\d{4}))?$/.exec(text);
  if (parts) {
    const [a, b] = [Number(parts[1]), Number(parts[2])];
    const [month, day] = monthFirst(locale) ? [a, b] : [b, a];
    return parts[3] ? real(year(parts[3]), month, day) : nearest(now, month, day);
  }
  const packed = /^(\d{2})(\d{2})(\d{2}|\d{4})$/.exec(text);
  if (packed) {
    const [a, b] = [Number(packed[1]), Number(packed[2])];
    const [month, day] = monthFirst(locale) ? [a, b] : [b, a];
    return real(year(packed[3] ?? ""), month, day);
  }
  if (!/^\d{1,2}$/.test(text)) return null;
  // A day alone: this month, or the next when it is over.
  const day = Number(text);
  for (let months = 0; months < 3; months++) {
    const month = now.set({ day: 1 }).add({ months });
    const found = real(month.year, month.month, day);
    if (found && found.compare(now) >= 0) return found;
  }
  return null;
}

function named(text: string, now: CalendarDate, locale: string): CalendarDate | null {
  // "wed apr 1 2026", "april 1st", "1 apr 26": a day's name in front is not checked, the date decides.
  const plain = text.replace(/^(\p{L}{2,12}) (?=\p{L}{3,} ?\d|\d{1,2} \p{L})/u, (all, word: string) =>
    dayIndex(word, locale) === null ? all : "",
  );
  const match =
    /^(\p{L}{3,12}) ?(\d{1,2})(?:st|nd|rd|th)?(?: '?(\d{4}|\d{2}))?$/u.exec(plain) ??
    swap(/^(\d{1,2})(?:st|nd|rd|th)? ?(\p{L}{3,12})(?: '?(\d{4}|\d{2}))?$/u.exec(plain));
  if (!match) return null;
  const month = monthIndex(match[1] ?? "", locale);
  if (month === null) return null;
  const day = Number(match[2]);
  return match[3] ? real(year(match[3]), month, day) : nearest(now, month, day);
}

function swap(match: RegExpExecArray | null): (string | undefined)[] | null {
  return match && [match[0], match[2], match[1], match[3]];
}

function monthIndex(word: string, locale: string): number | null {
  const formats = [LOCALE, usable(locale)].map(
    (of) => new Intl.DateTimeFormat(of, { month: "long", timeZone: "UTC" }),
  );
  for (let month = 0; month < 12; month++)
    for (const format of formats)
      if (
        format
          .format(new Date(Date.UTC(2023, month, 1)))
          .toLowerCase()
          .startsWith(word === "sept" ? "sep" : word)
      )
        return month + 1;
  return null;
}

function monthFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(usable(locale), { month: "numeric", day: "numeric" }).formatToParts();
  const order = parts.map((part) => part.type).filter((type) => type === "month" || type === "day");
  return order[0] === "month";
}

function year(written: string): number {
  const number = Number(written);
  if (written.length === 4) return number;
  return number < 70 ? 2000 + number : 1900 + number;
}

/** No year: this season's or the coming one, as 4/1 typed in November is next spring and 11/1 three weeks ago. */
function nearest(now: CalendarDate, month: number, day: number): CalendarDate | null {
  const earliest = now.subtract({ days: 92 });
  for (let offset = -1; offset <= 4; offset++) {
    const found = real(now.year + offset, month, day);
    if (found && found.compare(earliest) >= 0) return found;
  }
  return null;
}

/** February 30 is no date; a calendar that makes March 2 of it hides a slip of the finger. */
function real(y: number, month: number, day: number): CalendarDate | null {
  if (y < 1 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  const date = new CalendarDate(y, month, day);
  return date.month === month && date.day === day ? date : null;
}
