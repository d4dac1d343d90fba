import { describe, expect, test } from "vitest";

import { PLAIN, type ScheduleFilters } from "./filters";
import { datesOf, listSpan, monday, spanOf, stepDate, titleOf } from "./span";

/** A Thursday. */
const TODAY = "2026-06-18";
const with_ = (change: Partial<ScheduleFilters>) => ({ ...PLAIN, ...change });

test("weeks begin on Monday, over the ends of months and years", () => {
  expect(["2026-06-18", "2026-06-15", "2026-06-21", "2027-01-01"].map(monday)).toEqual([
    "2026-06-15",
    "2026-06-15",
    "2026-06-15",
    "2026-12-28",
  ]);
});

describe("the part on screen", () => {
  test.each([
    ["board", { zoom: "day" }, "2026-06-18", "2026-06-19", "Thu, Jun 18"],
    ["board", { zoom: "days2" }, "2026-06-18", "2026-06-20", "Jun 18 – 19"],
    ["board", { zoom: "week" }, "2026-06-15", "2026-06-22", "Week of Jun 15"],
    ["board", { zoom: "weeks2" }, "2026-06-15", "2026-06-29", "Jun 15 – 28"],
    ["board", { zoom: "weeks2", date: "2026-06-25" }, "2026-06-22", "2026-07-06", "Jun 22 – Jul 5"],
    ["board", { zoom: "month" }, "2026-06-01", "2026-07-01", "June 2026"],
    ["week", { zoom: "month" }, "2026-06-15", "2026-06-22", "Week of Jun 15"],
    ["month", { zoom: "day" }, "2026-06-01", "2026-07-13", "June 2026"],
    ["month", { date: "2026-08-09" }, "2026-07-27", "2026-09-07", "August 2026"],
    ["week", { date: "2027-01-01" }, "2026-12-28", "2027-01-04", "Week of Dec 28"],
    ["week", { date: "2027-03-10" }, "2027-03-08", "2027-03-15", "Week of Mar 8, 2027"],
  ] as const)("%s %o", (tab, change, from, until, title) => {
    expect(spanOf(tab, with_(change), TODAY)).toEqual({ from, until });
    expect(titleOf(tab, with_(change), TODAY)).toBe(title);
  });
  test("every day of it once, also in the weeks of daylight saving", () => {
    expect(datesOf({ from: "2026-03-02", until: "2026-03-16" })).toHaveLength(14);
    expect(datesOf({ from: "2026-10-26", until: "2026-11-09" })).toHaveLength(14);
  });
});

describe("earlier and later", () => {
  test.each([
    ["board", { zoom: "day" }, "2026-06-17", "2026-06-19"],
    ["board", { zoom: "weeks2" }, "2026-06-04", "2026-07-02"],
    ["week", {}, "2026-06-11", "2026-06-25"],
    // Not "June 31".
    ["month", { date: "2026-05-31" }, "2026-04-01", "2026-06-01"],
    ["board", { zoom: "month", date: "2026-01-31" }, "2025-12-01", "2026-02-01"],
  ] as const)("%s %o", (tab, change, earlier, later) => {
    expect(stepDate(tab, with_(change), TODAY, -1)).toBe(earlier);
    expect(stepDate(tab, with_(change), TODAY, 1)).toBe(later);
  });
});

test("the days of the list", () => {
  const of = (change: Partial<ScheduleFilters>) => Object.values(listSpan(with_(change), TODAY));
  expect(of({})).toEqual(["2026-06-18", null]);
  expect(of({ range: "week" })).toEqual(["2026-06-15", "2026-06-22"]);
  expect(of({ range: "month" })).toEqual(["2026-06-18", "2026-07-18"]);
  expect(of({ range: "season" })).toEqual(["2026-04-01", "2026-12-01"]);
  expect(of({ range: "all" })).toEqual([null, null]);
  // The last day a person names is still in it.
  expect(of({ range: "dates", from: null, until: "2026-06-30" })).toEqual([null, "2026-07-01"]);
});
