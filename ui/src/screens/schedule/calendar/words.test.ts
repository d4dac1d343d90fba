import { describe, expect, test } from "vitest";

import type { Schedule, TimeOff } from "$/ipc/client";

import { sampleJob, ZONE } from "./sample";
import { dayOf, jobName, jobSentence, tinyTime } from "./words";

const schedule = {
  zone: ZONE,
  today: "2026-06-18",
  hours: { working_days: [1, 2, 3, 4, 5], from: "06:00", until: "17:00" },
  crews: [{ id: "c", name: "Paving 1", color: null, active: true, lead: null, members: [] }],
  time_off: [] as TimeOff[],
} as unknown as Schedule;
const off = (change: Partial<TimeOff>): TimeOff => ({
  id: "o",
  kind: "holiday",
  person_id: null,
  machine_id: null,
  start: "2026-07-03T05:00:00Z",
  end: "2026-07-04T05:00:00Z",
  note: "Independence Day (observed)",
  ...change,
});

describe("a job in words", () => {
  test("is whose it is, else where it is, else honest", () => {
    const job = sampleJob("1", "", "");
    expect(jobName(job)).toBe("Customer 1");
    expect(jobName({ ...job, customer: " \u202e " })).toBe("1 Birch Ln");
    expect(jobName({ customer: null, address: "" })).toBe("No customer");
    expect(jobName({ ...job, customer: "x".repeat(5_000) }).length).toBeLessThan(130);
  });
  test("says what its color and its marks say", () => {
    const job = sampleJob("1", "2026-06-18T12:00:00Z", "2026-06-18T20:30:00Z", {
      crews: ["c", "gone"],
      clashes: 2,
      weather_dependent: true,
      status: "in_progress",
    });
    expect(jobSentence(job, ZONE, schedule)).toBe(
      "Customer 1, 1 Birch Ln, 7:00 AM – 3:30 PM, In progress, Paving 1, 2 clashes, depends on the weather",
    );
  });
  test("short times", () =>
    expect(["2026-06-18T12:00:00Z", "2026-06-18T17:30:00Z"].map((at) => tinyTime(at, ZONE))).toEqual([
      "7a",
      "12:30p",
    ]));
});

describe("a day of the office", () => {
  const on = (date: string, ...time_off: TimeOff[]) => dayOf(date, { ...schedule, time_off }, ZONE);
  test("works, or does not", () => {
    expect(on("2026-06-18")).toEqual({ kind: "work", names: [] });
    expect(on("2026-06-20").kind).toBe("off");
  });
  test("a holiday is named, and does not reach into the next day", () => {
    expect(on("2026-07-03", off({}))).toEqual({ kind: "closed", names: ["Independence Day (observed)"] });
    expect(on("2026-07-04", off({})).names).toEqual([]);
  });
  test("rain without a note is called so; a holiday weighs more", () => {
    const rain = off({ kind: "rain", note: " " });
    expect(on("2026-07-03", rain)).toEqual({ kind: "rain", names: ["Rain"] });
    expect(on("2026-07-03", rain, off({})).kind).toBe("closed");
  });
  test("leave of one person closes nothing", () =>
    expect(on("2026-07-03", off({ person_id: "p" }))).toEqual({ kind: "work", names: [] }));
});
