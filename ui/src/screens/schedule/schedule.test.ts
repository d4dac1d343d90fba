import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FakeOffice } from "$/ipc/fake";
import { App } from "$/shell/app.svelte";

import { asks } from "./dialogs/asks.svelte";

let office: FakeOffice;
let app: App;
let gone: () => void;

beforeEach(async () => {
  location.hash = "#/schedule?date=2026-06-24";
  office = new FakeOffice();
  app = new App(office, "Linux");
  gone = asks.show(app);
  await app.start();
  app.schedule.show();
  await app.schedule.refresh();
});

afterEach(() => gone());

const store = () => app.schedule;
function free() {
  const job = store().data!.jobs.find((one) => one.status === "scheduled" && one.crews.length === 1)!;
  office.board.jobs = office.board.jobs.filter(({ id }) => id === job.id);
  return job;
}
const nextDay = (instant: string) => new Date(Date.parse(instant) + 86_400_000).toISOString();

test("the route says which part is read", () => {
  expect(store().data).toMatchObject({ from: "2026-06-22", until: "2026-06-29" });
  expect(store().zone).toBe("America/Chicago");
});

test("another part is asked for once; what was there stays until it has come", async () => {
  const asked = office.count("schedule");
  store().setFilters({ date: "2026-07-01" });
  store().follow();
  expect(store().data!.from).toBe("2026-06-22");
  await vi.waitFor(() => expect(store().data!.from).toBe("2026-06-29"));
  expect(office.count("schedule")).toBe(asked + 1);
});

test("a job stands at its new place before the office has answered, and stays there", async () => {
  const job = free();
  let answer = () => {};
  office.gates.set("moveJobs", new Promise((resolve) => (answer = resolve)));
  const move = { job, start: nextDay(job.start), end: nextDay(job.end), reassign: null };
  const saved = store().move([move], "Moved", new Map([[job.id, "there"]]));
  expect(store().job(job.id)!.start).toBe(move.start);
  answer();
  expect(await saved).toBe("done");
  expect(store().job(job.id)).toMatchObject({ start: move.start, version: 2 });
  expect(app.undo.undoLabel).toContain("moved");
});

test("refused, it is back where it was", async () => {
  const job = free();
  office.failures.set(
    "moveJobs",
    new (await import("$/ipc/errors")).OfficeError({
      code: "no_answer",
      message: "No answer.",
      field: null,
      details: null,
    }),
  );
  const move = { job, start: nextDay(job.start), end: nextDay(job.end), reassign: null };
  expect(await store().move([move], "Moved", new Map())).toBe("given_up");
  expect(store().job(job.id)!.start).toBe(job.start);
});

test("what others change is marked, what is done here is not", async () => {
  const job = free();
  await store().move(
    [{ job, start: nextDay(job.start), end: nextDay(job.end), reassign: null }],
    "Moved",
    new Map(),
  );
  await store().refresh();
  expect(store().changed.size).toBe(0);
  office.board.elsewhere(job.id, { priority: 5 });
  await vi.waitFor(() => expect([...store().changed]).toEqual([job.id]));
});

test("it says which of the days shown the copy does not hold", async () => {
  office.board.copyAsOf = "2026-06-18T12:42:00Z";
  office.board.copyAhead = 0;
  await store().refresh();
  expect(store().copyLacks).toBe("It ends on Wed, Jun 17; what comes after is not in it.");
});

test("of a copy nothing is changed, and it says how old it is", async () => {
  office.board.copyAsOf = "2026-06-18T12:42:00Z";
  await store().refresh();
  expect(store().writable).toBe(false);
  expect(store().copyOf).toBe("7:42 AM");
  expect(store().copyLacks).toBeNull();
  const [job] = store().data!.jobs;
  expect(
    await store().move(
      [{ job: job!, start: job!.start, end: nextDay(job!.end), reassign: null }],
      "",
      new Map(),
    ),
  ).toBe("given_up");
  expect(office.count("moveJobs")).toBe(0);
});

test("what is gone is not selected any more", async () => {
  const [job] = store().data!.jobs;
  store().selection.set([job!.id]);
  office.board.jobs = office.board.jobs.filter(({ id }) => id !== job!.id);
  await store().refresh();
  expect(store().selection.size).toBe(0);
});

test("nothing of one office is shown in another", () => {
  store().clear();
  expect(store().data).toBeNull();
});
