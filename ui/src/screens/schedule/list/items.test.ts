import { describe, expect, test } from "vitest";

import type { JobLine } from "$/ipc/client";

import { sampleJob } from "../calendar/sample";
import { columnsOf, sortedBy, sortOf } from "./columns";
import { ListCursor } from "./cursor.svelte";
import { groupTitle, itemsOf, keyOf } from "./items";

const line = (id: string, group: string): JobLine => ({
  group,
  job: sampleJob(id, "2026-06-18T12:00:00Z", "2026-06-18T20:00:00Z"),
  crew_names: [],
  updated_at: "2026-06-18T12:00:00Z",
});
const LINES = [line("a", "Paving"), line("b", "Paving"), line("c", "Sealing"), line("d", "")];
const GROUPS = new Map([
  ["Paving", 2],
  ["Sealing", 1],
  ["", 7],
]);
const items = (closed: string[] = [], waiting = 0, grouped = true) =>
  itemsOf({ lines: LINES, groups: GROUPS, grouped, closed: new Set(closed), waiting });

describe("headings and lines", () => {
  test("a heading before each group, with how many are in all of it", () => {
    expect(items().map(keyOf)).toEqual(["group:Paving", "a", "b", "group:Sealing", "c", "group:", "d"]);
    expect(items().find((item) => keyOf(item) === "group:")).toMatchObject({ count: 7, open: true });
  });
  test("a closed group keeps its heading, and where lines are counted", () => {
    expect(items(["Paving"]).map((item) => [keyOf(item), item.at])).toEqual([
      ["group:Paving", 0],
      ["group:Sealing", 2],
      ["c", 2],
      ["group:", 3],
      ["d", 3],
    ]);
  });
  test("with all of them closed every group is there, also those nobody has read yet", () => {
    const groups = new Map([...GROUPS, ["Striping", 900]]);
    const all = itemsOf({
      lines: LINES,
      groups,
      grouped: true,
      closed: new Set(groups.keys()),
      waiting: 900,
    });
    expect(all.map(keyOf)).toEqual(["group:Paving", "group:Sealing", "group:", "group:Striping"]);
  });
  test("what is still to come has its room; without groups there are no headings", () => {
    expect(items([], 2, false).map(keyOf)).toEqual(["a", "b", "c", "d", "wait:4", "wait:5"]);
  });
});

test("groups in words", () => {
  const today = "2026-06-18";
  expect([
    groupTitle("day", "2026-06-18", today),
    groupTitle("day", "2026-06-24", today),
    groupTitle("day", "2027-01-04", today),
    groupTitle("week", "2026-06-29", today),
    groupTitle("crew", "", today),
    groupTitle("crew", "Smith & Sons <Lot 4>", today),
    groupTitle("customer", " ", today),
    groupTitle("service", "", today),
    groupTitle("status", "in_progress", today),
  ]).toEqual([
    "Today, Thursday, June 18",
    "Wednesday, June 24",
    "Monday, January 4, 2027",
    "Jun 29 – Jul 5",
    "No crew",
    "Smith & Sons <Lot 4>",
    "No customer",
    "No contract",
    "In progress",
  ]);
});

test("a heading sorts, turns round, and begins with what is wanted most", () => {
  const column = (id: string) => columnsOf(true).find((one) => one.id === id)!;
  const now = { sort: "start", descending: false } as const;
  expect(sortOf(now)).toEqual({ column: "when", direction: "ascending" });
  expect(sortedBy(column("when"), now)).toEqual({ sort: "start", descending: true });
  expect(sortedBy(column("priority"), now)).toEqual({ sort: "priority", descending: true });
  expect(sortedBy(column("customer"), now)).toEqual({ sort: "customer", descending: false });
  expect([sortedBy(column("crews"), now), sortOf({ sort: "created", descending: false })]).toEqual([
    null,
    null,
  ]);
});

describe("the keys and the selection", () => {
  const made = () => new ListCursor(() => items());
  const chosen = (cursor: ListCursor) => [...cursor.chosen.keys()];
  test("Shift chooses jobs and passes over headings", () => {
    const cursor = made();
    cursor.move(1);
    cursor.move(1);
    expect(cursor.at).toBe("a");
    for (let i = 0; i < 3; i++) cursor.move(1, true);
    expect(chosen(cursor)).toEqual(["a", "b", "c"]);
  });
  test("Ctrl and a click add one, Shift and a click all between", () => {
    const cursor = made();
    cursor.toggle(LINES[0]!.job);
    cursor.toggle(LINES[3]!.job);
    cursor.to("b");
    expect(chosen(cursor).sort()).toEqual(["a", "b", "c", "d"]);
  });
  test("what was read again is what is meant; what is gone is not chosen", () => {
    const cursor = made();
    cursor.all(LINES.map(({ job }) => job));
    cursor.follow([{ ...LINES[0]!.job, version: 9 }], true);
    expect([chosen(cursor), cursor.chosen.get("a")?.version]).toEqual([["a"], 9]);
  });
  test("where not all pages are here, a chosen job may be on another one", () => {
    const cursor = made();
    cursor.all(LINES.map(({ job }) => job));
    cursor.follow([LINES[0]!.job], false);
    expect(chosen(cursor)).toHaveLength(4);
  });
});
