import type { JobGroup, JobLine } from "$/ipc/client";
import { addDays } from "$/lib/dates";
import { capital, dayWord, longDate, shortDate } from "$/lib/time";
import { label, plain, shorten } from "$/lib/words";

import { serviceWord } from "../views/chips";

export const GROUP_HEIGHT = 32;
export const LINE_HEIGHT = 36;

/** One row of the list. `at`: how many lines come before it, closed ones counted. */
export type ListItem =
  | { kind: "group"; key: string; count: number; open: boolean; at: number }
  | { kind: "line"; line: JobLine; at: number }
  | { kind: "wait"; at: number };

type Lines = {
  lines: readonly JobLine[];
  groups: ReadonlyMap<string, number>;
  grouped: boolean;
  closed: ReadonlySet<string>;
  /** Lines that are not here yet. */
  waiting: number;
};

/** Headings, lines and what is still to come, from top to bottom. */
export function itemsOf({ lines, groups, grouped, closed, waiting }: Lines): ListItem[] {
  const items: ListItem[] = [];
  // With every group closed nothing has to be read to show them all.
  if (grouped && groups.size > 0 && [...groups.keys()].every((key) => closed.has(key))) {
    let at = 0;
    for (const [key, count] of groups) {
      items.push({ kind: "group", key, count, open: false, at });
      at += count;
    }
    return items;
  }
  let group: string | null = null;
  for (const [at, line] of lines.entries()) {
    const key = line.group ?? "";
    if (grouped && key !== group) {
      group = key;
      items.push({ kind: "group", key, count: groups.get(key) ?? 0, open: !closed.has(key), at });
    }
    if (!grouped || !closed.has(key)) items.push({ kind: "line", line, at });
  }
  for (let i = 0; i < waiting; i++) items.push({ kind: "wait", at: lines.length + i });
  return items;
}

export function keyOf(item: ListItem): string {
  switch (item.kind) {
    case "group":
      return `group:${item.key}`;
    case "line":
      return item.line.job.id;
    case "wait":
      return `wait:${item.at}`;
  }
}

export function heightOf(item: ListItem): number {
  return item.kind === "group" ? GROUP_HEIGHT : LINE_HEIGHT;
}

/** What a group is called: "Today, Thursday, June 18", "Week of June 15", "No crew". */
export function groupTitle(group: JobGroup, key: string, today: string): string {
  const year = key.slice(0, 4) === today.slice(0, 4) ? "" : `, ${key.slice(0, 4)}`;
  switch (group) {
    case "day": {
      const word = dayWord(key, today);
      const near = ["today", "tomorrow", "yesterday"].includes(word) ? `${capital(word)}, ` : "";
      return `${near}${longDate(key)}${year}`;
    }
    case "week":
      return `${shortDate(key, today).replace(/^\w+, /, "")} – ${shortDate(addDays(key, 6), today).replace(/^\w+, /, "")}`;
    case "status":
      return label(key);
    case "service":
      return serviceWord(key === "" ? "none" : key);
    case "crew":
      return plain(key).trim() === "" ? "No crew" : shorten(key, 120);
    case "customer":
      return plain(key).trim() === "" ? "No customer" : shorten(key, 120);
    case "none":
      return "";
  }
}
