import { clockTime } from "./time";

export type Zone = { value: string; name: string };

/** What people in the United States call theirs; the rest of the world goes by city. */
const american: Record<string, string> = {
  "America/New_York": "Eastern – New York",
  "America/Detroit": "Eastern – Detroit",
  "America/Indiana/Indianapolis": "Eastern – Indianapolis",
  "America/Chicago": "Central – Chicago",
  "America/Denver": "Mountain – Denver",
  "America/Boise": "Mountain – Boise",
  "America/Phoenix": "Mountain, no daylight saving – Phoenix",
  "America/Los_Angeles": "Pacific – Los Angeles",
  "America/Anchorage": "Alaska – Anchorage",
  "Pacific/Honolulu": "Hawaii – Honolulu",
  "America/Puerto_Rico": "Atlantic – Puerto Rico",
};

export function zoneName(value: string): string {
  const known = Object.hasOwn(american, value) ? american[value] : undefined;
  return (
    known ??
    value.replaceAll("_", " ").replace(/^[A-Za-z ]+\/(.+)$/, (all, city: string) => {
      const region = all.slice(0, all.indexOf("/"));
      return `${city.replaceAll("/", ", ")} – ${region}`;
    })
  );
}

/** The country's own first, then all the others by name. */
export function zones(): Zone[] {
  const all = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
  const own = Object.keys(american);
  const others = all.filter((zone) => !Object.hasOwn(american, zone)).map(named);
  others.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...own.map(named), ...others, { value: "UTC", name: "UTC" }].filter(
    (zone, at, list) => list.findIndex((other) => other.value === zone.value) === at,
  );
}

/** "now 6:45 AM": how somebody who does not know the names can tell that it is the right one. */
export function nowThere(zone: string, now = new Date()): string {
  return `Now ${clockTime(now.toISOString(), zone)} there.`;
}

function named(value: string): Zone {
  return { value, name: zoneName(value) };
}
