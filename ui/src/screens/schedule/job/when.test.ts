import { describe, expect, test } from "vitest";

import {
  addClock,
  after,
  daysOf,
  following,
  instantOf,
  isLocal,
  isWorkingDay,
  keptInstant,
  lengthOf,
  localOf,
  nextDay,
  readLength,
  spelledLength,
  workMinutes,
} from "./when";

const ZONE = "America/Chicago";
const HOURS = { working_days: [1, 2, 3, 4, 5], from: "06:00", until: "16:00" };
const works = (date: string) => isWorkingDay(date, HOURS);

test("an instant is what the office's clock shows, and back", () => {
  expect(localOf("2026-06-18T11:00:00Z", ZONE)).toBe("2026-06-18T06:00");
  expect(localOf("2026-06-19T04:59:00Z", ZONE)).toBe("2026-06-18T23:59");
  expect(localOf("2026-06-19T05:00:00Z", ZONE)).toBe("2026-06-19T00:00");
  expect(instantOf("2026-06-18T06:00", ZONE)).toEqual({ instant: "2026-06-18T11:00:00.000Z", odd: null });
  expect(instantOf("2026-01-18T06:00", ZONE)?.instant).toBe("2026-01-18T12:00:00.000Z");
  for (const half of ["T06:00", "2026-06-18T", "T", "2026-02-30T06:00", "2026-06-18T24:00", "x"]) {
    expect(isLocal(half), half).toBe(false);
    expect(instantOf(half, ZONE), half).toBeNull();
  }
});

describe("when the clocks change", () => {
  test("a time that is skipped is the same after it", () => {
    const moved = instantOf("2026-03-08T02:30", ZONE);
    expect(moved).toEqual({ instant: "2026-03-08T08:30:00.000Z", odd: "skipped" });
    expect(localOf(moved!.instant, ZONE)).toBe("2026-03-08T03:30");
  });

  test("of a time that comes twice the first is meant, unless it is the second already", () => {
    expect(instantOf("2026-11-01T01:30", ZONE)).toEqual({
      instant: "2026-11-01T06:30:00.000Z",
      odd: "twice",
    });
    expect(keptInstant("2026-11-01T01:30", "2026-11-01T07:30:00Z", ZONE)).toBe("2026-11-01T07:30:00Z");
    expect(keptInstant("2026-11-01T01:45", "2026-11-01T07:30:00Z", ZONE)).toBe("2026-11-01T06:45:00.000Z");
  });

  test("six o'clock stays six o'clock when a job moves over it", () => {
    const before = { start: "2026-03-06T06:00", end: "2026-03-06T14:00" };
    const end = following(before, "2026-03-09T06:00");
    expect(end).toBe("2026-03-09T14:00");
    expect(instantOf(end, ZONE)?.instant).toBe("2026-03-09T19:00:00.000Z");
  });

  test("a night shift is as long as it is, not as the clock says", () => {
    expect(lengthOf("2026-03-07T22:00", "2026-03-08T06:00", ZONE)).toBe(7 * 60);
    expect(lengthOf("2026-10-31T22:00", "2026-11-01T06:00", ZONE)).toBe(9 * 60);
    expect(after("2026-03-07T22:00", 8 * 60, ZONE)).toBe("2026-03-08T07:00");
  });
});

test("the end follows the start over days and months; a start that is half typed moves nothing", () => {
  const before = { start: "2026-06-30T06:00", end: "2026-07-02T14:30" };
  expect(following(before, "2026-07-31T07:15")).toBe("2026-08-02T15:45");
  expect(following(before, "2026-07-31T")).toBe(before.end);
  expect(following({ start: "2026-06-30T06:00", end: "2026-06-30T05:00" }, "2026-07-01T06:00")).toBe(
    "2026-06-30T05:00",
  );
  expect(addClock("2026-12-31T23:30", 45)).toBe("2027-01-01T00:15");
});

test.each([
  ["8", 480],
  ["8h", 480],
  ["8.5", 510],
  ["8,5 h", 510],
  ["8:30", 510],
  ["8 h 30 min", 510],
  ["90 min", 90],
  ["1 hour", 60],
  ["0:45", 45],
])("a length of %s is %i minutes, and is spelled so that it is read again", (typed, minutes) => {
  expect(readLength(typed)).toEqual({ minutes });
  expect(readLength(spelledLength(minutes))).toEqual({ minutes });
});

test.each(["", "h", "0", "-3", "eight", "8:75", "99999", "0 days", "8 h and a bit"])(
  "%j is no length",
  (typed) => {
    expect(readLength(typed)).toBeNull();
  },
);

test("days are a length, too", () => {
  expect(readLength("3 days")).toEqual({ days: 3 });
  expect(readLength("1.5d")).toEqual({ days: 1.5 });
});

test("a job over a weekend takes its working days, and its first and last", () => {
  expect(daysOf("2026-06-19T06:00", "2026-06-22T12:00", works)).toEqual(["2026-06-19", "2026-06-22"]);
  expect(daysOf("2026-06-20T06:00", "2026-06-22T12:00", works)).toEqual(["2026-06-20", "2026-06-22"]);
  // Until midnight is not the next day.
  expect(daysOf("2026-06-18T18:00", "2026-06-19T00:00", works)).toEqual(["2026-06-18"]);
  expect(workMinutes("2026-06-19T06:00", "2026-06-22T12:00", HOURS, works)).toBe((10 + 6) * 60);
});

test("holidays are no working days", () => {
  expect(isWorkingDay("2026-07-03", HOURS)).toBe(true);
  expect(isWorkingDay("2026-07-03", HOURS, new Set(["2026-07-03"]))).toBe(false);
  expect(isWorkingDay("2026-07-05", HOURS)).toBe(false);
  expect(nextDay("2026-02-28")).toBe("2026-03-01");
});
