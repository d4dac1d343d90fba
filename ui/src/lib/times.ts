/* A time of day as a person types it, kept as "07:30" of a 24-hour clock. It has no date and no zone. */

/**
 * "07:00" out of "7", "7a", "730", "7:30", "1:30 pm", "13:30", "noon". An hour without a.m. or p.m. that lies before
 * the day begins (6 unless told) is of the afternoon: nobody paves at three in the night. With `after`, the first such
 * time after that one.
 */
export function readTime(typed: string, options: { dayBegins?: number; after?: string } = {}): string | null {
  const { dayBegins = 6, after } = options;
  const text = typed
    .toLowerCase()
    .replace(/[\s\u202f\u00a0.]+/g, (space) => (space.includes(".") ? "." : " "))
    .trim();
  if (text === "noon") return "12:00";
  if (text === "midnight") return "00:00";
  const match = /^(\d{1,2})(?:[:. h]?(\d{2}))?\s*(a|p|am|pm|a\.m\.?|p\.m\.?)?$/.exec(text);
  if (!match) return null;
  const [, written = "", minuteText = "00", half] = match;
  const [hour, minute] = [Number(written), Number(minuteText)];
  if (minute > 59) return null;
  if (half) {
    if (hour < 1 || hour > 12) return null;
    return time((hour % 12) + (half.startsWith("p") ? 12 : 0), minute);
  }
  if (hour > 23) return null;
  // "0730" and "13:30" can only be meant one way.
  if (written.startsWith("0") || hour > 12) return time(hour, minute);
  const [morning, afternoon] = [time(hour % 12, minute), time((hour % 12) + 12, minute)];
  if (after && isTime(after)) return hour !== 12 && morning > after ? morning : afternoon;
  return hour >= dayBegins && hour !== 12 ? morning : afternoon;
}

/** "7:30 AM". */
export function spelledTime(value: string): string {
  if (!isTime(value)) return value;
  const [hour, minute] = [Number(value.slice(0, 2)), value.slice(3, 5)];
  return `${hour % 12 || 12}:${minute} ${hour < 12 ? "AM" : "PM"}`;
}

export function isTime(value: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(value);
}

/** To the next step of that many minutes in that direction; the day's ends hold. */
export function stepTime(value: string, minutes: number): string {
  const now = minutesOf(value);
  const step = Math.abs(minutes);
  const next = minutes > 0 ? Math.floor(now / step) * step + step : Math.ceil(now / step) * step - step;
  const held = Math.min(Math.max(next, 0), 24 * 60 - 15);
  return time(Math.floor(held / 60), held % 60);
}

export function minutesOf(value: string): number {
  return isTime(value) ? Number(value.slice(0, 2)) * 60 + Number(value.slice(3, 5)) : 0;
}

function time(hour: number, minute: number): string {
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}
