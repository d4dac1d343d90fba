import { describe, expect, test } from "vitest";

import { placeAll } from "../calendar/placed";
import { sampleJob, ZONE } from "../calendar/sample";
import { addDays } from "$/lib/dates";
import { week } from "./layout";

const DATES = Array.from({ length: 7 }, (_, i) => addDays("2026-06-15", i));
const at = (day: number, hour: number) => new Date(Date.UTC(2026, 5, day, hour + 5)).toISOString();
const row = (jobs: [string, number, number, number?][], room = 4) =>
  week(
    placeAll(
      jobs.map(([id, from, to, hour = 7]) => sampleJob(id, at(from, hour), at(to, hour + 8))),
      ZONE,
    ),
    DATES,
    room,
  );

describe("a week of the month", () => {
  test("chips in the order of the clock, below the bars of their day", () => {
    const { days, stretches } = row([
      ["late", 16, 16, 9],
      ["early", 16, 16, 6],
      ["bar", 15, 17],
    ]);
    expect(stretches.map(({ placed, start, end, lane }) => [placed.job.id, start, end, lane])).toEqual([
      ["bar", 0, 2, 0],
    ]);
    expect(days[1]!.chips.map(({ placed, lane }) => [placed.job.id, lane])).toEqual([
      ["early", 1],
      ["late", 2],
    ]);
    expect(days[1]!.jobs.map(({ job }) => job.id)).toEqual(["bar", "early", "late"]);
  });
  test("a chip takes the gap between two bars", () => {
    const { days } = row([
      ["a", 15, 18],
      ["b", 15, 16],
      ["c", 17, 20],
      ["chip", 19, 19],
    ]);
    expect(days[4]!.chips.map(({ lane }) => lane)).toEqual([0]);
  });
  test("what does not fit is counted, and the line that says so has its place", () => {
    const four = Array.from({ length: 4 }, (_, n): [string, number, number] => [`j${n}`, 15, 15]);
    expect(row(four).days[0]).toMatchObject({ hidden: [], lanes: 4 });
    const six = Array.from({ length: 6 }, (_, n): [string, number, number] => [`j${n}`, 15, 15]);
    const [day] = row(six).days;
    expect([day!.chips.length, day!.hidden.length, day!.jobs.length]).toEqual([3, 3, 6]);
  });
  test("a bar gives way where its day is full, and goes on after it", () => {
    const jobs: [string, number, number][] = [
      ["top", 15, 19],
      ["low", 15, 19],
      ...Array.from({ length: 3 }, (_, n): [string, number, number] => [`j${n}`, 17, 17]),
    ];
    const { days, stretches } = row(jobs, 2);
    expect(days[2]!.hidden.length).toBe(4);
    expect(
      stretches.map(({ placed, start, end, before, after }) => [placed.job.id, start, end, before, after]),
    ).toEqual([
      ["low", 0, 4, false, false],
      ["top", 0, 1, false, true],
      ["top", 3, 4, true, false],
    ]);
    expect(new Set(stretches.map(({ key }) => key)).size).toBe(3);
  });
  test("with no room at all every day says how many it has", () => {
    const { days } = row(
      [
        ["a", 15, 15],
        ["b", 15, 15],
        ["c", 16, 16],
      ],
      0,
    );
    expect([days[0]!.hidden.length, days[1]!.hidden.length, days[1]!.chips.length]).toEqual([2, 0, 1]);
  });
  test("a night stands on the day it begins", () => {
    const { days } = row(
      [["night", 15, 16, 20]].map(([id, a, , h]) => [id, a, a, h] as [string, number, number, number]),
    );
    expect(days.map(({ jobs }) => jobs.length)).toEqual([1, 0, 0, 0, 0, 0, 0]);
  });
});
