/*
  Every time on screen is the office's: its zone, spelled the American way, whatever this computer is set to. The
  locale is explicit because a webview without LANG reports the language "C".
*/
const LOCALE = "en-US";
const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${zone}|${key}`;
  let made = formats.get(name);
  if (!made) {
    made = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: usableZone(zone) });
    formats.set(name, made);
  }
  return made;
}

/** A zone this webview does not know (an odd setting) must not blank the screen. */
function usableZone(zone: string): string {
  try {
    new Intl.DateTimeFormat(LOCALE, { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}

/** The zone of this computer, for what happens before the office's is known. */
export function computerZone(): string {
  return new Intl.DateTimeFormat(LOCALE).resolvedOptions().timeZone || "UTC";
}

function parse(instant: string): Date | null {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The same few moments stand on hundreds of bars, and spelling one of them takes long. */
function remembered(
  spell: (instant: string, zone: string) => string,
): (instant: string, zone: string) => string {
  const known = new Map<string, string>();
  return (instant, zone) => {
    const key = `${zone}|${instant}`;
    let text = known.get(key);
    if (text === undefined) {
      if (known.size > 5_000) known.clear();
      known.set(key, (text = spell(instant, zone)));
    }
    return text;
  };
}

/** "7:00 AM". Newer webviews put a narrow no-break space before AM, which not every font has. */
export const clockTime = remembered((instant, zone) => {
  const date = parse(instant);
  if (!date) return "";
  return plain(format(zone, "clock", { hour: "numeric", minute: "2-digit" }).format(date));
});

/** The office's date at that moment, as "2026-11-23". */
export function officeDate(instant: string | Date, zone: string): string {
  if (typeof instant === "string") return dateOf(instant, zone);
  const parts = format(zone, "date", { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(
    instant,
  );
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("year").padStart(4, "0")}-${of("month")}-${of("day")}`;
}

const dateOf = remembered((instant, zone) => {
  const date = parse(instant);
  return date ? officeDate(date, zone) : "";
});

/** A calendar date has no zone: noon UTC of that day, spelled in UTC. */
function calendar(date: string, key: string, options: Intl.DateTimeFormatOptions): string {
  const noon = parse(`${date}T12:00:00Z`);
  return noon ? plain(format("UTC", key, options).format(noon)) : "";
}

/** "Monday, November 23". */
export function longDate(date: string): string {
  return calendar(date, "long", { weekday: "long", month: "long", day: "numeric" });
}

/** "Mon, Nov 23", with the year when it is not this one. */
export function shortDate(date: string, today: string): string {
  const sameYear = date.slice(0, 4) === today.slice(0, 4);
  const year = sameYear ? {} : ({ year: "numeric" } as const);
  return calendar(date, `short${sameYear}`, { weekday: "short", month: "short", day: "numeric", ...year });
}

/** Whole days from one calendar date to another; not hours / 24, which daylight saving would spoil. */
export function daysBetween(from: string, to: string): number {
  const [a, b] = [parse(`${from}T00:00:00Z`), parse(`${to}T00:00:00Z`)];
  return a && b ? Math.round((b.getTime() - a.getTime()) / 86_400_000) : 0;
}

/** "today", "tomorrow", "yesterday", or "Mon, Nov 23". */
export function dayWord(date: string, today: string): string {
  switch (daysBetween(today, date)) {
    case 0:
      return "today";
    case 1:
      return "tomorrow";
    case -1:
      return "yesterday";
    default:
      return shortDate(date, today);
  }
}

/** "today, 5:00 PM" or "Fri, Nov 27, 9:00 AM". */
export function moment(instant: string, zone: string, today: string): string {
  const date = officeDate(instant, zone);
  return date ? `${dayWord(date, today)}, ${clockTime(instant, zone)}` : "";
}

/** For a list of what happened: only the time when it was today, else the day as well. */
export function happened(instant: string, zone: string, today: string): string {
  return officeDate(instant, zone) === today
    ? clockTime(instant, zone)
    : capital(moment(instant, zone, today));
}

/** "7:00 AM – 3:30 PM"; over more than a day "Fri, Nov 27, 7:00 AM – Mon, Nov 30, 3:30 PM". */
export function timeRange(start: string, end: string, zone: string, today: string): string {
  const [first, last] = [officeDate(start, zone), officeDate(end, zone)];
  if (!first || !last) return "";
  if (first === last) return `${clockTime(start, zone)} – ${clockTime(end, zone)}`;
  const side = (date: string, instant: string) => `${shortDate(date, today)}, ${clockTime(instant, zone)}`;
  return `${side(first, start)} – ${side(last, end)}`;
}

/** The same with its day in front: "Today, 7:00 AM – 3:30 PM". */
export function datedRange(start: string, end: string, zone: string, today: string): string {
  const range = timeRange(start, end, zone, today);
  const date = officeDate(start, zone);
  return date === officeDate(end, zone) ? `${capital(dayWord(date, today))}, ${range}` : range;
}

/** "8", "7.5" hours out of "8.00", "7.50". */
export function hours(decimal: string): string {
  const trimmed = decimal.includes(".") ? decimal.replace(/0+$/, "").replace(/\.$/, "") : decimal;
  return `${trimmed} ${trimmed === "1" ? "hour" : "hours"}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function plain(text: string): string {
  return text.replace(/[\u202f\u00a0]/g, " ");
}
