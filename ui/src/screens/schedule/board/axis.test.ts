import { describe, expect, test } from "vitest";

import { dayIndex, extent, makeAxis, NARROWEST, ticks, timeAt, xOf, type AxisOptions } from "./axis";

const HOUR = 3_600_000;
const usual: AxisOptions = {
  from: "2026-06-15",
  until: "2026-06-22",
  zone: "America/Chicago",
  hours: { working_days: [1, 2, 3, 4, 5], from: "06:00", until: "18:00" },
  night: false,
  boxes: false,
  dayWidth: 136,
};
const at = (text: string) => Date.parse(text);

describe("with the nights folded away", () => {
  const axis = makeAxis(usual);

  test("a week shows working hours and little else", () => {
    expect(axis.width).toBe(7 * 136);
    expect(axis.fold).toBe(8);
    // 6:00 and 18:00 on Monday.
    expect(xOf(axis, at("2026-06-15T11:00:00Z"))).toBe(8);
    expect(xOf(axis, at("2026-06-15T23:00:00Z"))).toBe(128);
    // Noon is in the middle.
    expect(xOf(axis, at("2026-06-15T17:00:00Z"))).toBe(68);
  });

  test("time never runs backwards, also in the folds", () => {
    let before = -1;
    for (let ms = axis.start; ms <= axis.end; ms += HOUR / 4) {
      const x = xOf(axis, ms);
      expect(x).toBeGreaterThan(before);
      before = x;
    }
    expect(before).toBe(axis.width);
  });

  test("what is under the pointer is a working hour", () => {
    expect(timeAt(axis, 68)).toBe(at("2026-06-15T17:00:00Z"));
    expect(timeAt(axis, 3)).toBe(at("2026-06-15T11:00:00Z"));
    expect(timeAt(axis, 134)).toBe(at("2026-06-15T23:00:00Z"));
    expect(timeAt(axis, -500)).toBe(at("2026-06-15T11:00:00Z"));
    expect(timeAt(axis, 9_999)).toBe(at("2026-06-21T23:00:00Z"));
  });

  test("beyond the last day is still the last day, with all its hours too", () => {
    for (const more of [{ night: true }, { boxes: true }]) {
      const whole = makeAxis({ ...usual, ...more });
      expect(timeAt(whole, 9_999)).toBe(at("2026-06-22T05:00:00Z") - 1);
      expect(timeAt(whole, 0)).toBe(at("2026-06-15T05:00:00Z"));
    }
  });

  test("a job of the night is seen, and marked", () => {
    const night = extent(axis, at("2026-06-16T01:00:00Z"), at("2026-06-16T09:00:00Z"))!;
    expect(night.folded).toBe(true);
    expect(night.width).toBeGreaterThanOrEqual(NARROWEST);
    // It stands around the line between Monday and Tuesday.
    expect(night.x).toBeLessThan(136);
    expect(night.x + night.width).toBeGreaterThan(136);
    expect(extent(axis, at("2026-06-15T11:00:00Z"), at("2026-06-15T20:00:00Z"))!.folded).toBe(false);
  });
});

test("Friday to Monday goes over the weekend, and beyond the part that is shown", () => {
  const axis = makeAxis(usual);
  const bar = extent(axis, at("2026-06-19T11:00:00Z"), at("2026-06-22T17:00:00Z"))!;
  expect([bar.before, bar.after]).toEqual([false, true]);
  expect(bar.x + bar.width).toBe(axis.width);
  const from = extent(axis, at("2026-06-12T11:00:00Z"), at("2026-06-15T17:00:00Z"))!;
  expect([from.before, from.after, from.x]).toEqual([true, false, 0]);
});

test("what is elsewhere is not here", () => {
  const axis = makeAxis(usual);
  expect(extent(axis, at("2026-06-14T11:00:00Z"), at("2026-06-15T05:00:00Z"))).toBeNull();
  expect(extent(axis, at("2026-06-22T05:00:00Z"), at("2026-06-22T06:00:00Z"))).toBeNull();
  expect(extent(axis, NaN, NaN)).toBeNull();
});

describe("on whole-day boxes", () => {
  const axis = makeAxis({ ...usual, from: "2026-06-01", until: "2026-07-01", boxes: true, dayWidth: 30 });

  test("a job fills every day it is on", () => {
    const bar = extent(axis, at("2026-06-03T12:00:00Z"), at("2026-06-04T20:00:00Z"))!;
    expect([bar.x, bar.width]).toEqual([62, 56]);
  });

  test("what ends at midnight is not on the day that begins then", () => {
    const bar = extent(axis, at("2026-06-03T12:00:00Z"), at("2026-06-04T05:00:00Z"))!;
    expect([bar.x, bar.width]).toEqual([62, 26]);
  });
});

describe("when the clocks change", () => {
  const night = { ...usual, night: true, dayWidth: 240 };

  test.each([
    ["2026-03-08", 23, 230],
    ["2026-11-01", 25, 250],
  ])("%s has %i hours", (date, hours, width) => {
    const axis = makeAxis({
      ...night,
      from: "2026-03-08" === date ? "2026-03-07" : "2026-10-31",
      until: "2026-03-08" === date ? "2026-03-10" : "2026-11-03",
    });
    const day = axis.days.find((one) => one.date === date)!;
    expect(day.length).toBe(hours * HOUR);
    expect(day.width).toBe(width);
    expect(axis.days.at(-1)!.start - day.start).toBe(day.length + (axis.days.length - 3) * 24 * HOUR);
  });

  test("work begins at six by the clock on that day, too", () => {
    const spring = makeAxis({ ...usual, from: "2026-03-08", until: "2026-03-09" });
    // 6:00 is five hours after midnight.
    expect(spring.days[0]!.open).toBe(5 * HOUR);
    expect(timeAt(spring, 8)).toBe(at("2026-03-08T11:00:00Z"));
    const autumn = makeAxis({ ...usual, from: "2026-11-01", until: "2026-11-02" });
    expect(autumn.days[0]!.open).toBe(7 * HOUR);
    expect(timeAt(autumn, 8)).toBe(at("2026-11-01T12:00:00Z"));
  });
});

test("the day of a moment", () => {
  const axis = makeAxis(usual);
  expect(dayIndex(axis, axis.start - 1)).toBe(-1);
  expect(dayIndex(axis, axis.start)).toBe(0);
  expect(dayIndex(axis, axis.end - 1)).toBe(6);
});

test("an office that wrote its hours the wrong way round works all day", () => {
  const axis = makeAxis({ ...usual, hours: { working_days: [], from: "18:00", until: "06:00" } });
  expect(axis.fold).toBe(0);
  expect(axis.days[0]!.close).toBe(24 * HOUR);
});

test("lines stand as far apart as asked, on full hours", () => {
  const axis = makeAxis({ ...usual, until: "2026-06-16", dayWidth: 736 });
  const marks = ticks(axis, axis.days[0]!, 50);
  expect(marks.map(({ ms }) => new Date(ms).getUTCHours())).toEqual([
    12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
  ]);
  expect(ticks(axis, axis.days[0]!, 100).map(({ x }) => x)).toEqual([128, 248, 368, 488, 608]);
});
