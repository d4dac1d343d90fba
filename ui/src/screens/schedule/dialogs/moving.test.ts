import { expect, test } from "vitest";

import type { FakeOffice } from "$/ipc/fake";
import { FakeJobs } from "$/ipc/fake-jobs";
import { FakeSchedule } from "$/ipc/fake-schedule";
import type { JobEdit, ScheduleQuery } from "$/ipc/client";

import { MoveState } from "./moveState.svelte";
import { isWork, movesOf, places, shiftDay, type MoveOptions } from "./moving";

const board = new FakeSchedule();
const desk = new FakeJobs(board);
const office = {
  jobSpan: (...args: Parameters<FakeJobs["jobSpan"]>) => Promise.resolve(desk.jobSpan(...args)),
};
const query: ScheduleQuery = {
  from: "2026-06-15",
  until: "2026-07-20",
  filter: {
    ...{ statuses: ["none"], services: [], crews: [], weather: null, min_priority: null, text: null },
    ...{ outside: false, unassigned: false, clashing: false },
  },
};
const schedule = board.schedule(query);
const works = isWork(schedule);

function job(start: string, end: string): JobEdit {
  const now = desk.jobEdit(board.jobs[0]!.id);
  return { ...now, id: start, version: 3, input: { ...now.input, start, end } };
}
const options = (change: Partial<MoveOptions>): MoveOptions => ({
  ...{ date: "2026-06-22", time: "07:00", minutes: null, by: "days", days: 1, skipDaysOff: true },
  ...change,
});

test("days off are gone past, also a holiday, and backwards", () => {
  expect(shiftDay("2026-06-19", 1, works)).toBe("2026-06-22");
  expect(shiftDay("2026-06-19", 1, null)).toBe("2026-06-20");
  expect(shiftDay("2026-06-22", -1, works)).toBe("2026-06-19");
  // July 3 is a holiday, then comes the weekend.
  expect(shiftDay("2026-07-02", 1, works)).toBe("2026-07-06");
  expect(shiftDay("2026-06-20", 0, works)).toBe("2026-06-22");
});

test("several go by days, each at its own time", async () => {
  const jobs = [
    job("2026-06-18T11:00:00Z", "2026-06-18T19:00:00Z"),
    job("2026-06-19T12:30:00Z", "2026-06-19T16:00:00Z"),
  ];
  const placed = await places(office, jobs, options({ days: 2 }), schedule);
  expect(placed.map(({ start, end }) => [start, end])).toEqual([
    ["2026-06-22T06:00", "2026-06-22T14:00"],
    ["2026-06-23T07:30", "2026-06-23T11:00"],
  ]);
});

test("several go to a date and keep their times", async () => {
  const jobs = [
    job("2026-06-18T11:00:00Z", "2026-06-18T19:00:00Z"),
    job("2026-06-19T12:30:00Z", "2026-06-19T16:00:00Z"),
  ];
  const placed = await places(office, jobs, options({ by: "date", date: "2026-06-25" }), schedule);
  expect(placed.map(({ start }) => start)).toEqual(["2026-06-25T06:00", "2026-06-25T07:30"]);
});

test("work over several days is laid out around the weekend", async () => {
  // Wednesday 6:00 to Thursday 14:30.
  const long = job("2026-06-17T11:00:00Z", "2026-06-18T19:30:00Z");
  const [place] = await places(office, [long, long], options({ days: 2 }), schedule);
  expect(place).toMatchObject({ start: "2026-06-19T06:00", end: "2026-06-22T14:30" });
  const [plain] = await places(office, [long, long], options({ days: 2, skipDaysOff: false }), schedule);
  expect(plain).toMatchObject({ start: "2026-06-19T06:00", end: "2026-06-20T14:30" });
});

test("where only the crew changes the end stays, days off or not", async () => {
  // Friday to Sunday.
  const long = job("2026-06-19T11:00:00Z", "2026-06-21T19:30:00Z");
  const [place] = await places(office, [long], options({ date: "2026-06-19", time: "06:00" }), schedule);
  expect(place).toMatchObject({ start: "2026-06-19T06:00", end: "2026-06-21T14:30" });
});

test("days that are not skipped are counted", async () => {
  const long = job("2026-06-19T11:00:00Z", "2026-06-22T19:30:00Z");
  const answers = {
    jobEdit: () => Promise.resolve(long),
    schedule: () => Promise.resolve(schedule),
  } as unknown as FakeOffice;
  const it = new MoveState(answers, [long.id!]);
  await it.read();
  expect(it.length).toBe("2 days");
  it.options.skipDaysOff = false;
  expect(it.length).toBe("4 days");
});

test("one goes where it is told and takes as long as it is told", async () => {
  const one = job("2026-06-18T11:00:00Z", "2026-06-18T19:00:00Z");
  const [place] = await places(office, [one], options({ minutes: 300 }), schedule);
  expect(place).toMatchObject({ start: "2026-06-22T07:00", end: "2026-06-22T12:00" });
});

test("six o'clock stays six o'clock over a change of the clocks", async () => {
  const jobs = [1, 2].map(() => job("2026-03-06T12:00:00Z", "2026-03-06T20:00:00Z"));
  const [place] = await places(office, jobs, options({ days: 3, skipDaysOff: false }), null);
  expect(place).toMatchObject({ start: "2026-03-09T06:00", end: "2026-03-09T14:00" });
  expect(movesOf(jobs.slice(0, 1), [place!], null, null)[0]).toMatchObject({
    start: "2026-03-09T11:00:00.000Z",
    end: "2026-03-09T19:00:00.000Z",
  });
});

test("what stays where it is does not move, unless it goes to somebody else; newer versions win", () => {
  const one = job("2026-06-18T11:00:00Z", "2026-06-18T19:00:00Z");
  const place = { id: one.id!, start: "2026-06-18T06:00", end: "2026-06-18T14:00" };
  expect(movesOf([one], [place], null, null)).toEqual([]);
  const reassign = { kind: "crew", from: "a", to: "b" } as const;
  expect(movesOf([one], [place], reassign, new Map([[one.id!, 9]]))).toEqual([
    { id: one.id, version: 9, start: one.input.start, end: one.input.end, reassign },
  ]);
  expect(movesOf([one], [{ ...place, start: "T06:00" }], null, null)).toEqual([]);
});
