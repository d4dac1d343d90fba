/*
  What codes of the database are called on screen. Other programs write these columns too, so a value nobody here knows
  is shown in its own words and a neutral style.
*/
const known: Record<string, string> = {
  in_progress: "In progress",
  canceled: "Canceled",
};

/** "Weather hold" out of "weather_hold"; what a person typed stays as it is. */
export function label(code: string): string {
  const word = known[code];
  if (word) return word;
  if (!/^[a-z0-9_]{1,40}$/.test(code)) return code;
  const spaced = code.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

const numbers = new Intl.NumberFormat("en-US");

export function grouped(n: number): string {
  return numbers.format(n);
}

/**
 * Without embeddings, overrides and isolates of direction: an override left open in somebody's name reaches past `bdi`
 * and turns round what follows. Right-to-left letters need none of them. Control characters, which show as boxes, go
 * too; tabs and line ends stay.
 */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** The first few of many names, and how many there are besides. */
export function namesInOneLine(names: string[], most = 4): { shown: string[]; rest: number } {
  const named = names.filter((name) => plain(name).trim() !== "");
  return {
    shown: named.slice(0, most).map((name) => shorten(name, 80)),
    rest: Math.max(0, named.length - most),
  };
}

/** Lists do not lay out ten thousand characters that nobody sees; the detail shows them all. */
export function shorten(written: string, limit = 240): string {
  if (written.length <= limit) return plain(written);
  const end = plain(written.slice(0, limit));
  // A pair of surrogates is one character: never half of it.
  return `${/[\ud800-\udbff]$/.test(end) ? end.slice(0, -1) : end}…`;
}

export function initials(name: string): string {
  const words = plain(name).trim().split(/\s+/);
  const first = [...(words[0] ?? "")][0] ?? "?";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : ([...(words[0] ?? "")][1] ?? "");
  return first.toUpperCase() + last;
}

const sources: Record<string, string> = {
  manual_admin: "the office",
  calendly_webhook: "Calendly",
  mobile_app: "the mobile app",
  api: "another program",
  system: "the system",
};

const verbs: Record<string, string> = {
  scheduled: "scheduled this job",
  rescheduled: "moved this job",
  canceled: "canceled this job",
  completed: "marked this job completed",
  crew_changed: "changed the crew",
  equipment_changed: "changed the equipment",
  status_updated: "changed the status",
  notes_added: "added notes",
};

/** One line of a job's history as a sentence: who, what, and through what when that was not the office itself. */
export function changeSentence(change: { by: string; source: string; change: string }): {
  by: string;
  did: string;
} {
  const did = verbs[change.change] ?? `${label(change.change).toLowerCase()}`;
  const through =
    change.source === "manual_admin" ? "" : ` through ${sources[change.source] ?? label(change.source)}`;
  return { by: change.by || "Somebody", did: did + through };
}
