import { clockTime, happened, longDate, officeDate } from "$/lib/time";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** "5 min ago", "2 h ago"; what is not of the last hours has its day. */
export function ago(instant: string, now: number, zone: string, today: string): string {
  const passed = now - Date.parse(instant);
  if (Number.isNaN(passed)) return "";
  if (passed < MINUTE) return "just now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < 6 * HOUR) return `${Math.floor(passed / HOUR)} h ago`;
  return happened(instant, zone, today);
}

/** "Thursday, June 18, 2026, 6:45 AM": for whoever hovers. */
export function exactly(instant: string, zone: string): string {
  const date = officeDate(instant, zone);
  return date ? `${longDate(date)}, ${date.slice(0, 4)}, ${clockTime(instant, zone)}` : "";
}

/** "expires in 2 h", "expired", or nothing when that is far away or never. */
export function expiry(expires: string | null, now: number): { words: string; over: boolean } | null {
  if (expires === null) return null;
  const left = Date.parse(expires) - now;
  if (Number.isNaN(left)) return null;
  if (left <= 0) return { words: "expired", over: true };
  if (left < HOUR) return { words: `expires in ${Math.max(1, Math.round(left / MINUTE))} min`, over: false };
  if (left < 48 * HOUR) return { words: `expires in ${Math.round(left / HOUR)} h`, over: false };
  return { words: `expires in ${Math.round(left / (24 * HOUR))} days`, over: false };
}
