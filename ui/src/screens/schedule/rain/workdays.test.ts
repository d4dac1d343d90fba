import { describe, expect, test } from "vitest";

import {
  datesOf,
  instantAt,
  isWorkday,
  placedAt,
  stepWorkday,
  timeOf,
  weekday,
  workdaysLater,
  type Workdays,
} from "./workdays";

const ZONE = "America/Chicago";
/** Monday to Friday, and July 3 is a holiday. */
const workdays: Workdays = { zone: ZONE, working: new Set([1, 2, 3, 4, 5]), closed: new Set(["2026-07-03"]) };
const at = (date: string, time: string) => instantAt(date, time, ZONE);

test("the week begins on Monday", () => {
  expect([weekday("2026-06-15"), weekday("2026-06-21")]).toEqual([1, 7]);
});

test("a holiday is no working day, and neither is a weekend", () => {
  expect(["2026-07-02", "2026-07-03", "2026-07-04", "2026-07-06"].map((d) => isWorkday(d, workdays))).toEqual(
    [true, false, false, true],
  );
});

test("a step leads over what is closed, both ways", () => {
  expect(stepWorkday("2026-07-02", 1, workdays)).toBe("2026-07-06");
  expect(stepWorkday("2026-07-06", -1, workdays)).toBe("2026-07-02");
});

test("an office that never works still has a next day", () => {
  expect(stepWorkday("2026-07-02", 1, { ...workdays, working: new Set() })).toBe("2026-07-03");
});

test.each([
  ["2026-06-18", "2026-06-18", 0],
  ["2026-06-18", "2026-06-19", 1],
  ["2026-06-18", "2026-06-22", 2],
  ["2026-06-22", "2026-06-18", -2],
  // To a Saturday is later, though nobody works then.
  ["2026-06-19", "2026-06-20", 1],
  ["2026-07-02", "2026-07-06", 1],
])("from %s to %s are %i working days", (from, to, days) => {
  expect(workdaysLater(from, to, workdays)).toBe(days);
});

describe("an instant of the office's clock", () => {
  test.each([
    ["2026-06-18", "06:30", "2026-06-18T11:30:00.000Z"],
    ["2026-12-01", "06:30", "2026-12-01T12:30:00.000Z"],
    // Left out in spring: the time after it.
    ["2026-03-08", "02:30", "2026-03-08T08:30:00.000Z"],
  ])("%s %s", (date, time, instant) => expect(at(date, time)).toBe(instant));

  test("comes back as it went in", () => expect(timeOf(at("2026-11-01", "06:30"), ZONE)).toBe("06:30"));
  test("of nonsense is nothing", () => expect(timeOf("soon", ZONE)).toBe(""));
});

test("what ends at midnight does not touch the day after", () => {
  expect(datesOf({ start: at("2026-06-18", "20:00"), end: at("2026-06-19", "00:00") }, ZONE)).toEqual([
    "2026-06-18",
  ]);
  expect(datesOf({ start: at("2026-06-18", "20:00"), end: at("2026-06-19", "04:00") }, ZONE)).toHaveLength(2);
});

describe("the same work from another moment on", () => {
  test("keeps its hours", () => {
    const span = { start: at("2026-06-18", "06:30"), end: at("2026-06-18", "14:45") };
    expect(placedAt(span, "2026-06-22", "07:00", workdays)).toEqual({
      start: at("2026-06-22", "07:00"),
      end: at("2026-06-22", "15:15"),
    });
  });
  test("keeps its hours through a night", () => {
    const span = { start: at("2026-06-18", "20:00"), end: at("2026-06-19", "04:00") };
    expect(placedAt(span, "2026-06-23", "20:00", workdays).end).toBe(at("2026-06-24", "04:00"));
  });
  test("of two days keeps two working days, over a weekend and a holiday", () => {
    const span = { start: at("2026-06-16", "06:00"), end: at("2026-06-17", "14:00") };
    expect(placedAt(span, "2026-06-19", "06:00", workdays).end).toBe(at("2026-06-22", "14:00"));
    expect(placedAt(span, "2026-07-02", "06:00", workdays).end).toBe(at("2026-07-06", "14:00"));
  });
  test("of several days ends at its usual time after the clocks change", () => {
    const span = { start: at("2026-10-28", "06:00"), end: at("2026-10-29", "14:00") };
    expect(placedAt(span, "2026-10-30", "06:00", workdays).end).toBe(at("2026-11-02", "14:00"));
  });
  test("never ends before it starts, whatever the row says", () => {
    const odd = { start: at("2026-06-18", "12:00"), end: at("2026-06-18", "06:00") };
    const placed = placedAt(odd, "2026-06-22", "07:00", workdays);
    expect(Date.parse(placed.end)).toBeGreaterThanOrEqual(Date.parse(placed.start));
  });
});
