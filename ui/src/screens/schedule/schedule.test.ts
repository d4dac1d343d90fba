import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ScheduleJob } from "$/ipc/client";
import { FakeOffice, online } from "$/ipc/fake";
import { App } from "$/shell/app.svelte";

import { jobMenu } from "./calendar/jobMenu";
import { asks } from "./dialogs/asks.svelte";
import { messagesOf } from "./messages/messages.svelte";
import { trayOf } from "./tray/tray.svelte";
import { viewsOf } from "./views/saved.svelte";

let office: FakeOffice;
let app: App;
let gone: () => void;
let leave: () => void;

beforeEach(async () => {
  location.hash = "#/schedule?date=2026-06-24";
  office = new FakeOffice();
  app = new App(office, "Linux");
  gone = asks.show(app);
  await app.start();
  leave = app.schedule.show();
  await app.schedule.refresh();
});

afterEach(() => gone());

const MESSAGE = {
  ...{ id: "m1", version: 1, job_id: "none", change_id: "none", channel: "phone", to_name: "Ann" },
  ...{ to_address: null, subject: null, body: "It rains.", state: "draft", note: null },
  created_at: "2026-06-18T12:00:00Z",
};
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

test("a second move, before the first is saved, is no conflict with oneself", async () => {
  const job = free();
  let answer = () => {};
  office.gates.set("moveJobs", new Promise((resolve) => (answer = resolve)));
  const to = { job, start: nextDay(job.start), end: nextDay(job.end), reassign: null };
  const first = store().move([to], "Moved", new Map());
  const then = { ...to, start: nextDay(to.start), end: nextDay(to.end) };
  const second = store().move([then], "Moved on", new Map());
  expect(store().job(job.id)!.start).toBe(then.start);
  answer();
  expect([await first, await second]).toEqual(["done", "done"]);
  expect(asks.current).toBeNull();
  expect(store().job(job.id)).toMatchObject({ start: then.start, version: 3 });
  // Taken hold of before the second was saved.
  expect(await store().move([{ ...to, job }], "Moved back", new Map())).toBe("done");
  expect(store().seen([job.id])).toEqual(new Map([[job.id, 4]]));
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

test("what changes while nobody looks is read when somebody does, also where a reading was under way", async () => {
  const job = free();
  let answer = () => {};
  office.gates.set("schedule", new Promise((resolve) => (answer = resolve)));
  const asked = office.count("schedule");
  void store().refresh();
  await vi.waitFor(() => expect(office.count("schedule")).toBe(asked + 1));
  leave();
  office.board.elsewhere(job.id, { address: "Elsewhere Rd" });
  answer();
  await vi.waitFor(() => expect(store().loading).toBe(false));
  store().show();
  store().follow();
  await vi.waitFor(() => expect(office.count("schedule")).toBe(asked + 2));
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

test("nor what is waiting there, its views, its messages and what was saved in it", async () => {
  const [tray, views, messages] = [trayOf(app), viewsOf(app), messagesOf(store(), app)];
  const job = free();
  await store().move(
    [{ job, start: nextDay(job.start), end: nextDay(job.end), reassign: null }],
    "Moved",
    new Map(),
  );
  tray.toggle(true);
  tray.search("o");
  await vi.waitFor(() => expect(tray.page).not.toBeNull());
  await views.save("Mine", false);
  office.rain.messages = [MESSAGE];
  const stop = messages.watch();
  await vi.waitFor(() => expect(messages.all.length).toBeGreaterThan(0));
  messages.type(MESSAGE.id, { body: "Typed in the first" });
  // Answers come only later.
  for (const name of ["unscheduled", "savedViews", "customerMessages", "schedule"] as const)
    office.gates.set(name, new Promise(() => undefined));
  office.emit("connection-changed", { ...online(), database: "another" });
  expect([tray.page, tray.text, views.views, messages.all]).toEqual([null, "", [], []]);
  expect(store().seen([job.id]).size).toBe(0);
  stop();
  expect(office.count("saveMessage")).toBe(0);
});

test("several copies are one step, all or none", async () => {
  const [a, b] = store().data!.jobs.filter((one) => one.status === "scheduled") as [ScheduleJob, ScheduleJob];
  office.board.jobs = office.board.jobs.filter(({ id }) => id === a.id || id === b.id);
  const weekOn = (instant: string) => new Date(Date.parse(instant) + 7 * 86_400_000).toISOString();
  const seeds = [a, b].map(({ id, start, end }) => ({
    ...{ contract_id: null, copy_of: id, resource: null },
    ...{ start: weekOn(start), end: weekOn(end) },
  }));
  const made = store().create(seeds, "2 jobs copied", "next week");
  // Where they clash with each other it is asked once, for both.
  await vi.waitFor(() => expect(asks.current !== null || office.count("createJobs") > 0).toBe(true));
  if (asks.current?.kind === "clashes") asks.current.answer("Both fit");
  expect(await made).toBe("done");
  expect(office.board.jobs).toHaveLength(4);
  expect(office.count("createJob")).toBe(0);
  await app.undo.undo();
  expect(office.count("undoChange")).toBe(1);
  expect(app.undo.canUndo).toBe(false);
});

test("menus name the keys there are", () => {
  const [job] = store().data!.jobs;
  const keys = () => jobMenu(store(), [job!]).find((item) => "id" in item && item.id === "move");
  expect(keys()).toMatchObject({ shortcut: "Shift+M" });
  app.registry.setLetters(false);
  expect(keys()).toMatchObject({ shortcut: undefined });
  app.registry.setLetters(true);
});
