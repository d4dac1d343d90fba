import { expect, test } from "vitest";

import type { Schedule } from "$/ipc/client";
import { boardJob } from "$/ipc/fake-board";
import { at, DATE, ZONE } from "$/ipc/fake-data";
import { shown } from "$/ipc/fake-judge";

import { jobsInRain, rainDays, reasonFor, usualDays } from "./days";

function schedule(change: Partial<Schedule> = {}): Schedule {
  return {
    ...{
      as_of: at(6, 31),
      copy_as_of: null,
      copy_days: null,
      zone: ZONE,
      today: DATE,
      from: DATE,
      until: "2026-07-16",
    },
    hours: { working_days: [1, 2, 3, 4, 5], from: "06:00", until: "18:00" },
    ...{ crews: [], people: [], machines: [], time_off: [], jobs: [], more: false },
    ...{ clash_count: 0, unscheduled_count: 0, to_look_at: 0 },
    ...change,
  };
}
const job = (n: number, start: string, end: string, more = {}) => shown(boardJob(n, { start, end, ...more }));

test("each day counts what the rain would stop, on every day a job touches", () => {
  const days = rainDays(
    schedule({
      jobs: [
        job(1, at(6), at(15)),
        job(2, at(6), at(14, 0, 1)),
        job(3, at(6), at(9), { weather_dependent: false }),
        job(4, at(6), at(9), { status: "canceled" }),
        job(5, at(6), at(9), { status: "completed" }),
        job(6, at(6), at(9), { status: "rescheduled" }),
      ],
    }),
  );
  expect(days).toHaveLength(14);
  expect(days.slice(0, 3)).toEqual([
    { date: "2026-06-18", jobs: 3, working: true, rained: false },
    { date: "2026-06-19", jobs: 1, working: true, rained: false },
    { date: "2026-06-20", jobs: 0, working: false, rained: false },
  ]);
});

test("a day that was recorded as rain says so", () => {
  const off = { id: "x", kind: "rain", person_id: null, machine_id: null, note: null };
  const days = rainDays(schedule({ time_off: [{ ...off, start: at(0, 0, 1), end: at(0, 0, 2) }] }));
  expect(days.filter((day) => day.rained).map((day) => day.date)).toEqual(["2026-06-19"]);
});

test("rain from noon on spares what is done by then, on the first day only", () => {
  const all = schedule({
    jobs: [job(1, at(6), at(11)), job(2, at(8), at(15)), job(3, at(6, 0, 1), at(11, 0, 1))],
  });
  expect(jobsInRain(all, ["2026-06-19", "2026-06-18"], "12:00")).toBe(2);
  expect(jobsInRain(all, ["2026-06-18"], null)).toBe(2);
  expect(jobsInRain(all, ["2026-06-18"], "11:00")).toBe(1);
  expect(jobsInRain(all, [], null)).toBe(0);
});

test("today is the day on the morning of a working day, and otherwise nobody guesses", () => {
  expect(usualDays(schedule())).toEqual([DATE]);
  expect(usualDays(schedule({ as_of: at(12, 1) }))).toEqual([]);
  expect(usualDays(schedule({ today: "2026-06-20" }))).toEqual([]);
});

test.each([
  [["2026-06-09"], null, "Rain on Tuesday, June 9"],
  [["2026-06-09"], "12:00", "Rain on Tuesday, June 9 from 12:00 PM"],
  [["2026-06-10", "2026-06-09"], null, "Rain on Tuesday, June 9 and Wednesday, June 10"],
  [["2026-06-09", "2026-06-10", "2026-06-11"], null, "Rain from Tuesday, June 9 to Thursday, June 11"],
  [
    ["2026-06-09", "2026-06-10", "2026-06-11"],
    "12:00",
    "Rain from Tuesday, June 9, 12:00 PM to Thursday, June 11",
  ],
  [["2026-06-09", "2026-06-11", "2026-06-15"], "12:00", "Rain on June 9 from 12:00 PM, June 11 and June 15"],
  [[], null, "Rain"],
])("the reason for %j from %s", (days, from_time, reason) =>
  expect(reasonFor({ days, from_time })).toBe(reason),
);
