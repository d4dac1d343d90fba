import { describe, expect, test } from "vitest";

import { clockMinutes, instantAt, lastDate } from "./clock";
import { bars, place, placeAll } from "./placed";
import { sampleJob, ZONE } from "./sample";

describe("the office's clock", () => {
  test("goes on over both changes", () => {
    // Sunday March 8, 2:00 AM does not exist; Sunday November 1, 1:30 AM comes twice.
    expect(instantAt("2026-03-08", 150, ZONE)).toBe("2026-03-08T08:30:00.000Z");
    expect(instantAt("2026-03-08", 420, ZONE)).toBe("2026-03-08T12:00:00.000Z");
    expect(instantAt("2026-11-01", 420, ZONE)).toBe("2026-11-01T13:00:00.000Z");
    expect(instantAt("2026-11-01", 90, ZONE)).toBe("2026-11-01T06:30:00.000Z");
    for (const date of ["2026-03-07", "2026-03-08", "2026-11-01", "2026-11-02"])
      for (const minutes of [0, 360, 1_439])
        expect(clockMinutes(instantAt(date, minutes, ZONE), ZONE)).toBe(minutes);
  });
  test("midnight at the end of a day is the next day's beginning", () =>
    expect(instantAt("2026-06-30", 1_440, ZONE)).toBe("2026-07-01T05:00:00.000Z"));
  test("what ends at midnight is not on the next day", () => {
    expect(lastDate("2026-06-18T12:00:00Z", "2026-06-19T05:00:00Z", ZONE)).toBe("2026-06-18");
    expect(lastDate("2026-06-18T12:00:00Z", "2026-06-19T05:01:00Z", ZONE)).toBe("2026-06-19");
    // Without any duration, or less: the day it begins on.
    expect(lastDate("2026-06-19T05:00:00Z", "2026-06-19T05:00:00Z", ZONE)).toBe("2026-06-19");
    expect(lastDate("2026-06-19T05:00:00Z", "2026-06-01T05:00:00Z", ZONE)).toBe("2026-06-19");
  });
  test("an odd zone or moment breaks nothing", () => {
    expect(instantAt("2026-06-18", 420, "Mars/Olympus")).toBe("2026-06-18T07:00:00.000Z");
    expect([clockMinutes("soon", ZONE), instantAt("soon", 1, ZONE)]).toEqual([0, ""]);
  });
});

describe("where a job stands", () => {
  const at = (start: string, end: string) => place(sampleJob("a", start, end), ZONE);
  test("an ordinary day", () =>
    expect(at("2026-06-18T12:00:00Z", "2026-06-18T20:30:00Z")).toMatchObject({
      first: "2026-06-18",
      last: "2026-06-18",
      from: 420,
      until: 930,
      long: false,
    }));
  test("a night is one shift, two days are not", () => {
    expect(at("2026-06-19T01:00:00Z", "2026-06-19T10:00:00Z")).toMatchObject({
      first: "2026-06-18",
      last: "2026-06-19",
      long: false,
    });
    expect(at("2026-06-18T19:00:00Z", "2026-06-19T15:00:00Z")?.long).toBe(true);
  });
  test("until midnight is until the end of the day", () =>
    expect(at("2026-06-18T12:00:00Z", "2026-06-19T05:00:00Z")).toMatchObject({
      until: 1_440,
      last: "2026-06-18",
    }));
  test("the night of the change: as the clock says", () =>
    // 10 PM to 6 AM: seven hours in spring, nine in autumn.
    expect([
      at("2026-03-08T04:00:00Z", "2026-03-08T11:00:00Z"),
      at("2026-11-01T03:00:00Z", "2026-11-01T12:00:00Z"),
    ]).toMatchObject([
      { from: 1_320, until: 360, long: false },
      { from: 1_320, until: 360, long: false },
    ]));
  test("what is no time has no place", () => expect(at("now", "then")).toBeNull());
});

describe("bars over days", () => {
  const DATES = [
    "2026-06-15",
    "2026-06-16",
    "2026-06-17",
    "2026-06-18",
    "2026-06-19",
    "2026-06-20",
    "2026-06-21",
  ];
  const day = (d: number, hour: number) =>
    `2026-06-${String(d).padStart(2, "0")}T${String(hour).padStart(2, "0")}:00:00Z`;
  const made = (...spans: [string, number, number][]) =>
    bars(
      placeAll(
        spans.map(([id, from, to]) => sampleJob(id, day(from, 12), day(to, 20))),
        ZONE,
      ),
      DATES,
    ).map(({ placed, start, end, lane, before, after }) => [placed.job.id, start, end, lane, before, after]);
  test("none over another, the longest of one day on top, a lane is used again", () =>
    expect(made(["short", 15, 16], ["long", 15, 18], ["later", 17, 19])).toEqual([
      ["long", 0, 3, 0, false, false],
      ["short", 0, 1, 1, false, false],
      ["later", 2, 4, 1, false, false],
    ]));
  test("cut at the edges, and saying so", () =>
    expect(made(["all", 10, 28], ["in", 10, 15], ["out", 21, 22], ["gone", 10, 12])).toEqual([
      ["all", 0, 6, 0, true, true],
      ["in", 0, 0, 1, true, false],
      ["out", 6, 6, 1, false, true],
    ]));
});
