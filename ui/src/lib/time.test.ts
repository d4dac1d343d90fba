import { describe, expect, test } from "vitest";

import {
  clockTime,
  datedRange,
  daysBetween,
  dayWord,
  happened,
  hours,
  longDate,
  moment,
  officeDate,
  shortDate,
  timeRange,
} from "./time";

const CHICAGO = "America/Chicago";

describe("the office's clock", () => {
  test("jumps from 1:59 to 3:00 in spring", () => {
    expect(clockTime("2026-03-08T07:59:00Z", CHICAGO)).toBe("1:59 AM");
    expect(clockTime("2026-03-08T08:00:00Z", CHICAGO)).toBe("3:00 AM");
  });
  test("has 1:30 twice in autumn", () => {
    expect(clockTime("2026-11-01T06:30:00Z", CHICAGO)).toBe("1:30 AM");
    expect(clockTime("2026-11-01T07:30:00Z", CHICAGO)).toBe("1:30 AM");
    expect(clockTime("2026-11-01T08:00:00Z", CHICAGO)).toBe("2:00 AM");
  });
  test("says the same start of work before and after the change", () => {
    expect(clockTime("2026-03-07T12:00:00Z", CHICAGO)).toBe("6:00 AM");
    expect(clockTime("2026-03-09T11:00:00Z", CHICAGO)).toBe("6:00 AM");
  });
  test("uses plain spaces, which every font has", () => {
    expect(clockTime("2026-06-18T12:00:00Z", CHICAGO)).toMatch(/^7:00 AM$/);
  });
  test("does not blank the screen over a zone nobody knows or a time nobody can read", () => {
    expect(clockTime("2026-06-18T12:00:00Z", "Not/AZone")).toBe("12:00 PM");
    expect(clockTime("soon", CHICAGO)).toBe("");
    expect(moment("soon", CHICAGO, "2026-06-18")).toBe("");
    expect(timeRange("soon", "later", CHICAGO, "2026-06-18")).toBe("");
  });
});

describe("the office's date", () => {
  test("is its own at the edges of a day, not UTC's", () => {
    expect(officeDate("2026-06-18T04:59:59Z", CHICAGO)).toBe("2026-06-17");
    expect(officeDate("2026-06-18T05:00:00Z", CHICAGO)).toBe("2026-06-18");
    expect(officeDate("2026-01-18T05:59:59Z", CHICAGO)).toBe("2026-01-17");
  });
  test("counts days over a change of clocks as days", () => {
    expect(daysBetween("2026-03-07", "2026-03-09")).toBe(2);
    expect(daysBetween("2026-10-31", "2026-11-02")).toBe(2);
  });
  test("is spelled the American way", () => {
    expect(longDate("2026-11-23")).toBe("Monday, November 23");
    expect(shortDate("2026-11-23", "2026-01-01")).toBe("Mon, Nov 23");
    expect(shortDate("2027-01-04", "2026-11-23")).toBe("Mon, Jan 4, 2027");
  });
  test("has words for the days around today", () => {
    expect(
      ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"].map((d) => dayWord(d, "2026-11-23")),
    ).toEqual(["yesterday", "today", "tomorrow", "Wed, Nov 25"]);
  });
});

describe("from and until", () => {
  const today = "2026-06-18";
  test("of one day", () => {
    expect(timeRange("2026-06-18T12:00:00Z", "2026-06-18T20:30:00Z", CHICAGO, today)).toBe(
      "7:00 AM – 3:30 PM",
    );
    expect(datedRange("2026-06-19T12:00:00Z", "2026-06-19T20:30:00Z", CHICAGO, today)).toBe(
      "Tomorrow, 7:00 AM – 3:30 PM",
    );
  });
  test("of several days name both", () => {
    expect(timeRange("2026-06-19T12:00:00Z", "2026-06-22T20:30:00Z", CHICAGO, today)).toBe(
      "Fri, Jun 19, 7:00 AM – Mon, Jun 22, 3:30 PM",
    );
  });
  test("a night shift ends on the next day", () => {
    expect(timeRange("2026-06-19T02:00:00Z", "2026-06-19T10:00:00Z", CHICAGO, today)).toBe(
      "Thu, Jun 18, 9:00 PM – Fri, Jun 19, 5:00 AM",
    );
  });
});

test("what happened today needs no date", () => {
  expect(happened("2026-06-18T11:05:00Z", CHICAGO, "2026-06-18")).toBe("6:05 AM");
  expect(happened("2026-06-18T04:52:00Z", CHICAGO, "2026-06-18")).toBe("Yesterday, 11:52 PM");
});

test("hours lose their idle zeros", () => {
  expect(["8.00", "7.50", "10", "0.25", "1.0", "100"].map(hours)).toEqual([
    "8 hours",
    "7.5 hours",
    "10 hours",
    "0.25 hours",
    "1 hour",
    "100 hours",
  ]);
});
