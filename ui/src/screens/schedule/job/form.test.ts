import { expect, test } from "vitest";

import { FakeSchedule } from "$/ipc/fake-schedule";
import { FakeJobs } from "$/ipc/fake-jobs";
import type { JobEdit } from "$/ipc/client";

import { inputOf, plainHours, reasonNeeded, spell, validate, valuesOf, type JobValues } from "./form";

const board = new FakeSchedule();
const desk = new FakeJobs(board);
const scheduled = board.jobs.find((job) => job.status === "scheduled" && job.crews.length > 0)!;
const edit = (change: Partial<JobEdit["input"]> = {}): JobEdit => {
  const now = desk.jobEdit(scheduled.id);
  return { ...now, input: { ...now.input, ...change } };
};
const typed = (change: Partial<JobValues>, of = edit()) => ({ ...valuesOf(of), ...change });

test("what is not touched is given back as it was, down to the second", () => {
  const odd = edit({ start: "2026-06-18T11:00:17.250Z", duration_hours: "8.50" });
  const back = inputOf(valuesOf(odd), odd);
  expect(back.start).toBe("2026-06-18T11:00:17.250Z");
  expect({ ...back, duration_hours: "8.50" }).toEqual(odd.input);
});

test("what is typed becomes what the core reads", () => {
  const now = edit();
  const values = typed({
    ...{ contract_id: "", start: "2026-06-22T06:15", address: "  5 Elm St ", instructions: "  " },
    ...{ duration_hours: "7,5", priority: "5", follows_job_id: "", follows_after_hours: "24" },
  });
  expect(inputOf(values, now)).toMatchObject({
    contract_id: null,
    start: "2026-06-22T11:15:00.000Z",
    address: "5 Elm St",
    instructions: null,
    duration_hours: "7.5",
    priority: 5,
    follows_job_id: null,
    // Without a job to wait for there is nothing to wait.
    follows_after_hours: "0",
  });
});

test.each<[string, Partial<JobValues>, keyof JobValues]>([
  ["no day", { start: "T06:00" }, "start"],
  ["no time", { end: "2026-06-18T" }, "end"],
  ["the end before the start", { start: "2026-06-18T10:00", end: "2026-06-18T09:00" }, "end"],
  ["an end at the start", { start: "2026-06-18T10:00", end: "2026-06-18T10:00" }, "end"],
  ["more than a year", { start: "2026-06-18T10:00", end: "2028-06-18T10:00" }, "end"],
  ["nowhere", { address: " \n " }, "address"],
  ["no hours", { duration_hours: "0" }, "duration_hours"],
  ["words for hours", { duration_hours: "all day" }, "duration_hours"],
  ["too many hours", { duration_hours: "100000" }, "duration_hours"],
  ["a wait below nothing", { follows_job_id: "x", follows_after_hours: "-1" }, "follows_after_hours"],
  ["canceled without a reason", { status: "canceled" }, "reason"],
])("%s is said at its field, and nothing else is", (_, change, field) => {
  expect(Object.keys(validate(typed(change), edit()))).toEqual([field]);
});

test("the end may be on the clock's second round of an hour", () => {
  const values = typed({ start: "2026-10-31T22:00", end: "2026-11-01T01:30" });
  expect(validate(values, edit())).toEqual({});
});

test("a reason is asked for where the status asks, and for another time of what the customer confirmed", () => {
  expect(reasonNeeded(typed({ status: "confirmed" }), edit())).toBe(false);
  expect(reasonNeeded(typed({ status: "canceled" }), edit())).toBe(true);
  const confirmed = { ...edit({ status: "confirmed" }), may_become: [] };
  expect(reasonNeeded(valuesOf(confirmed), confirmed)).toBe(false);
  expect(reasonNeeded({ ...valuesOf(confirmed), start: "2026-06-19T07:00" }, confirmed)).toBe(true);
  expect(
    reasonNeeded({ ...valuesOf(confirmed), start: "2026-06-19T07:00" }, { ...confirmed, id: null }),
  ).toBe(false);
});

test("values read as people say them", () => {
  const say = spell(edit());
  expect(say("start", "2026-06-18T06:00")).toBe("Thu, Jun 18, 2026, 6:00 AM");
  expect(say("contract_id", "")).toBe("No contract");
  expect(say("priority", "5")).toBe("5 – Urgent");
  expect(say("pinned", true)).toBe("Yes");
  expect(say("crew", [{ kind: null, id: null, name: "Big Bob", item: 1, ambiguous: false }])).toBe("Big Bob");
  expect([plainHours("8.00"), plainHours("7.50"), plainHours("100"), plainHours("")]).toEqual([
    "8",
    "7.5",
    "100",
    "",
  ]);
});
