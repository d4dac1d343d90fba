import { describe, expect, test } from "vitest";

import { clockOf, DAY_MINUTES, instantOf, moved, movedOverDaysOff, snapped, stretched } from "./move";

const ZONE = "America/Chicago";
const job = (start: string, end: string) => ({ start, end });
const DAY = DAY_MINUTES;

describe("moving keeps what the clock says", () => {
  test.each([
    // Saturday 6:00–15:00 to the Sunday on which an hour is lost, and back from the Monday after.
    [
      "2026-03-07T12:00:00.000Z",
      "2026-03-07T21:00:00.000Z",
      1,
      "2026-03-08T11:00:00.000Z",
      "2026-03-08T20:00:00.000Z",
    ],
    [
      "2026-03-09T11:00:00.000Z",
      "2026-03-09T20:00:00.000Z",
      -2,
      "2026-03-07T12:00:00.000Z",
      "2026-03-07T21:00:00.000Z",
    ],
    // … and on which one comes twice.
    [
      "2026-10-31T11:00:00.000Z",
      "2026-10-31T20:00:00.000Z",
      1,
      "2026-11-01T12:00:00.000Z",
      "2026-11-01T21:00:00.000Z",
    ],
    [
      "2026-11-02T12:00:00.000Z",
      "2026-11-02T21:00:00.000Z",
      -7,
      "2026-10-26T11:00:00.000Z",
      "2026-10-26T20:00:00.000Z",
    ],
    // Friday to Monday over the change.
    [
      "2026-03-06T12:00:00.000Z",
      "2026-03-09T17:00:00.000Z",
      7,
      "2026-03-13T11:00:00.000Z",
      "2026-03-16T17:00:00.000Z",
    ],
  ])("%s – %s by %i days", (start, end, days, to, until) => {
    expect(moved(job(start, end), days * DAY, ZONE)).toEqual({ start: to, end: until });
  });

  test("over midnight", () => {
    expect(moved(job("2026-06-25T01:00:00.000Z", "2026-06-25T09:00:00.000Z"), 90, ZONE)).toEqual({
      start: "2026-06-25T02:30:00.000Z",
      end: "2026-06-25T10:30:00.000Z",
    });
  });

  test("by nothing changes nothing, also in the hour that is there twice", () => {
    const twice = job("2026-11-01T07:30:00.000Z", "2026-11-01T09:00:00.000Z");
    expect(moved(twice, 0, ZONE)).toEqual(twice);
  });

  test("what would end before it begins keeps its length", () => {
    // 1:15–1:45 goes to the night in which 2:15 does not exist: it is 3:15 then, and 3:45.
    const short = moved(job("2026-03-07T08:15:00.000Z", "2026-03-07T09:15:00.000Z"), DAY, ZONE);
    expect(Date.parse(short.end)).toBeGreaterThan(Date.parse(short.start));
  });

  test("a hundred moves there and back lead to the same", () => {
    for (let days = 1; days <= 100; days++) {
      const there = moved(job("2026-02-20T12:00:00.000Z", "2026-02-20T20:30:00.000Z"), days * DAY, ZONE);
      expect(moved(there, -days * DAY, ZONE)).toEqual(
        job("2026-02-20T12:00:00.000Z", "2026-02-20T20:30:00.000Z"),
      );
    }
  });
});

describe("changing the length", () => {
  const usual = job("2026-06-18T11:00:00.000Z", "2026-06-18T20:00:00.000Z");
  test("moves one edge", () => {
    expect(stretched(usual, "end", 60, ZONE).end).toBe("2026-06-18T21:00:00.000Z");
    expect(stretched(usual, "start", -30, ZONE)).toEqual({ ...usual, start: "2026-06-18T10:30:00.000Z" });
  });
  test("never makes it shorter than a quarter of an hour", () => {
    expect(stretched(usual, "end", -10 * 60, ZONE).end).toBe("2026-06-18T11:15:00.000Z");
    expect(stretched(usual, "start", 20 * 60, ZONE).start).toBe("2026-06-18T19:45:00.000Z");
  });
});

describe("snapping", () => {
  test("brings the edge to a quarter of an hour, odd as it was", () => {
    const to = Date.parse("2026-06-18T13:04:00Z");
    // 6:10 to 8:04 becomes 8:00.
    expect(snapped("2026-06-18T11:10:00.000Z", to, 15, ZONE)).toBe(110);
    expect(snapped("2026-06-18T11:10:00.000Z", to, 5, ZONE)).toBe(115);
  });
  test("by days keeps the time of day", () => {
    expect(snapped("2026-06-18T11:10:00.000Z", Date.parse("2026-06-20T04:59:00Z"), DAY, ZONE)).toBe(DAY);
    expect(snapped("2026-06-18T11:10:00.000Z", Date.parse("2026-06-20T05:00:00Z"), DAY, ZONE)).toBe(2 * DAY);
    expect(snapped("2026-03-07T12:00:00.000Z", Date.parse("2026-03-09T18:00:00Z"), DAY, ZONE)).toBe(2 * DAY);
  });
});

test("a clock that shows an hour that is skipped shows the next", () => {
  const skipped = clockOf("2026-03-08T07:30:00Z", ZONE) + 60;
  expect(instantOf(skipped, ZONE)).toBe("2026-03-08T08:30:00.000Z");
});

describe("work over several days leaves out the days off", () => {
  const works = (date: string) => ![0, 6].includes(new Date(date).getUTCDay()) && date !== "2026-07-03";
  const clock = (from: string, until: string) =>
    job(
      instantOf(Date.parse(`2026-${from}Z`) / 60_000, ZONE),
      instantOf(Date.parse(`2026-${until}Z`) / 60_000, ZONE),
    );
  test.each([
    ["Thu–Fri a day on", "06-18T06:00", "06-19T15:00", 1, "06-19T06:00", "06-22T15:00"],
    ["over a holiday, too", "06-24T06:00", "06-25T15:00", 7, "07-01T06:00", "07-02T15:00"],
    ["and before a weekend", "06-24T06:00", "06-25T15:00", 8, "07-02T06:00", "07-06T15:00"],
    ["Fri–Mon back to Wednesday", "06-19T06:00", "06-22T15:00", -2, "06-17T06:00", "06-18T15:00"],
    ["until midnight", "06-18T06:00", "06-20T00:00", 1, "06-19T06:00", "06-23T00:00"],
    ["Fri–Sun works through", "06-19T06:00", "06-21T15:00", 2, "06-21T06:00", "06-23T15:00"],
    ["a night is one shift", "06-18T20:00", "06-19T05:00", 1, "06-19T20:00", "06-20T05:00"],
    ["not moved", "06-18T06:00", "06-19T15:00", 0, "06-18T06:00", "06-19T15:00"],
  ])("%s", (_, start, end, days, to, until) => {
    expect(movedOverDaysOff(clock(start, end), days * DAY, ZONE, works)).toEqual(clock(to, until));
  });
  test("the clock goes along", () => {
    expect(movedOverDaysOff(clock("06-18T06:00", "06-19T15:00"), DAY + 90, ZONE, works)).toEqual(
      clock("06-19T07:30", "06-22T16:30"),
    );
  });
});
