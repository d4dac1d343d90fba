import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { asks } from "$/screens/schedule/dialogs/asks.svelte";
import { App } from "$/shell/app.svelte";

import { gate } from "../../tests/window";
import type { Office, PersonInput } from "./client";
import { OfficeError } from "./errors";
import { FakeOffice, officeError } from "./fake";
import { COMPANY } from "./versions.svelte";

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
const nextDay = (instant: string) => new Date(Date.parse(instant) + 86_400_000).toISOString();
/** A job nothing stands in the way of. */
function free() {
  const job = store().data!.jobs.find((one) => one.status === "scheduled" && one.crews.length === 1)!;
  office.board.jobs = office.board.jobs.filter(({ id }) => id === job.id);
  return job;
}
const on = (job = free()) => ({ job, start: nextDay(job.start), end: nextDay(job.end), reassign: null });
const move = (to = on()) => store().move([to], "Moved", new Map());
const there = (id: string) => office.board.jobs.find((job) => job.id === id)!;

describe("a job moved, taken back and moved again", () => {
  test("at once, before the undo has been answered and anything was read again", async () => {
    const job = free();
    expect(await move(on(job))).toBe("done");
    const moved = store().job(job.id)!;
    // Nothing is read from here on: the window has its answers alone.
    office.gates.set("schedule", new Promise(() => undefined));
    const { closed, open } = gate();
    office.late.set("undoChange", closed);
    const undone = app.undo.undo();
    await vi.waitFor(() => expect(there(job.id).version).toBe(3));
    const again = move(on(moved));
    open();
    await undone;
    expect(await again).toBe("done");
    expect(asks.current).toBeNull();
    expect(office.last("moveJobs")![0]).toMatchObject([{ id: job.id, version: 3 }]);
    expect(store().job(job.id)).toMatchObject({ start: on(moved).start, version: 4 });
  });

  test("is drawn where the undo leaves it in the moment of its answer", async () => {
    const job = free();
    await move(on(job));
    office.gates.set("schedule", new Promise(() => undefined));
    await app.undo.undo();
    expect(store().job(job.id)).toMatchObject({ start: job.start, version: 3 });
    await app.undo.redo();
    expect(store().job(job.id)).toMatchObject({ start: on(job).start, version: 4 });
  });

  test("an older reading that comes after the undo's answer is not shown, and asked for again", async () => {
    const job = free();
    await move(on(job));
    await store().refresh();
    const { closed, open } = gate();
    office.late.set("schedule", closed);
    const asked = office.count("schedule");
    const read = store().refresh();
    await vi.waitFor(() => expect(office.count("schedule")).toBe(asked + 1));
    await app.undo.undo();
    office.late.clear();
    open();
    await read;
    expect(store().job(job.id)!.start).toBe(job.start);
    expect(store().changed.size).toBe(0);
    expect(office.count("schedule")).toBeGreaterThan(asked + 1);
  });

  test("the event's reading may come before the undo's answer: neither is anybody else's change", async () => {
    const job = free();
    await move(on(job));
    const { closed, open } = gate();
    office.late.set("undoChange", closed);
    const undone = app.undo.undo();
    await vi.waitFor(() => expect(store().job(job.id)!.version).toBe(3));
    const moved = move(on(store().job(job.id)!));
    open();
    await undone;
    expect(await moved).toBe("done");
    expect(asks.current).toBeNull();
    expect(store().changed.size).toBe(0);
    expect(there(job.id)).toMatchObject({ start: on(job).start, version: 4 });
  });

  test("a late answer of an earlier move overwrites nothing newer", async () => {
    const job = free();
    const { closed, open } = gate();
    office.late.set("moveJobs", closed);
    const moved = move(on(job));
    await vi.waitFor(() => expect(there(job.id).version).toBe(2));
    office.board.elsewhere(job.id, { address: "9 Elsewhere Rd" });
    await store().refresh();
    open();
    await moved;
    expect(store().job(job.id)).toMatchObject({ address: "9 Elsewhere Rd", version: 3 });
  });

  test("Ctrl+Z pressed before the move is answered takes back that move and no other", async () => {
    const job = free();
    await move(on(job));
    const { closed, open } = gate();
    office.late.set("moveJobs", closed);
    const second = move(on(store().job(job.id)!));
    expect(app.registry.has("undo")).toBe(true);
    const undone = app.undo.undo();
    open();
    await Promise.all([second, undone]);
    expect(there(job.id).start).toBe(on(job).start);
    expect(office.count("undoChange")).toBe(1);
  });

  test("what somebody else did in between is asked about as before", async () => {
    const job = free();
    await move(on(job));
    const moved = store().job(job.id)!;
    await app.undo.undo();
    office.board.elsewhere(job.id, { priority: 5 });
    const again = move(on(moved));
    await vi.waitFor(() => expect(asks.current?.kind).toBe("changed"));
    expect(asks.current).toMatchObject({ by: "Priya Raman" });
    asks.current?.answer(null as never);
    expect(await again).toBe("given_up");
  });
});

describe("changes", () => {
  test("of one row go one after the other, of others at once, an undo alone", async () => {
    const versions = app.versions;
    const order: string[] = [];
    const gates = new Map<string, () => void>();
    const slow = (name: string) => (id: unknown) => {
      order.push(`${name} ${String(id)}`);
      return new Promise((resolve) => gates.set(`${name} ${String(id)}`, () => resolve({ change: null })));
    };
    const asked = versions.through({
      savePerson: slow("save"),
      undoChange: slow("undo"),
    } as unknown as Office);
    const input = {} as PersonInput;
    const all = [
      asked.savePerson("a", 1, input),
      asked.savePerson("a", 1, input),
      asked.savePerson("b", 1, input),
      asked.undoChange("x"),
      asked.savePerson("c", 1, input),
    ];
    expect(order).toEqual(["save a", "save b"]);
    gates.get("save a")!();
    await vi.waitFor(() => expect(order).toHaveLength(3));
    gates.get("save a")!();
    gates.get("save b")!();
    await vi.waitFor(() => expect(order.slice(2)).toEqual(["save a", "undo x"]));
    gates.get("undo x")!();
    await vi.waitFor(() => expect(order.at(-1)).toBe("save c"));
    expect(versions.busy).toBe(true);
    gates.get("save c")!();
    await Promise.all(all);
    expect([versions.busy, versions.settled()]).toEqual([false, null]);
  });

  test("one that failed holds nothing up", async () => {
    const job = free();
    office.failures.set("moveJobs", officeError("no_answer", "No answer."));
    const first = move(on(job));
    const second = move(on(job));
    expect([await first, await second]).toEqual(["given_up", "given_up"]);
    office.failures.clear();
    expect(await move(on(job))).toBe("done");
  });

  test("a version is one's own only where all in between is", async () => {
    const person = [...office.crew.tables.people.values()][0]!;
    const values = await input(person.id);
    const { id, version } = await app.office.savePerson(person.id, person.version, values);
    expect(app.versions.isOwn(id, person.version, version)).toBe(true);
    expect(app.versions.isOwn(id, person.version - 1, version)).toBe(false);
    expect(app.versions.isOwn(id, version, version + 1)).toBe(false);
    expect(app.versions.isOwn("other", 1, 2)).toBe(false);
    expect(app.versions.latest(id, person.version)).toBe(version);
    expect(app.versions.latest(id, person.version - 1)).toBe(person.version - 1);
    app.versions.clear();
    expect(app.versions.latest(id, person.version)).toBe(person.version);
  });
});

describe("questions", () => {
  test("an answer that was overtaken is asked for again", async () => {
    const person = [...office.crew.tables.people.values()][0]!;
    const { closed, open } = gate();
    office.late.set("personRecord", closed);
    const first = app.office.personRecord(person.id);
    office.late.clear();
    await app.office.savePerson(person.id, person.version, { ...(await input(person.id)), role: "welder" });
    open();
    expect(await first).toMatchObject({ role: "welder", version: person.version + 1 });
    expect(office.count("personRecord")).toBe(3);
  });

  test("a lower version that nothing overtook is so: a backup was restored", async () => {
    office.firm = { ...office.firm, version: 9 };
    expect((await app.office.company()).version).toBe(9);
    office.firm = { ...office.firm, version: 4, name: "Of the backup" };
    expect(await app.office.company()).toMatchObject({ version: 4, name: "Of the backup" });
    expect(office.count("company")).toBe(2);
  });

  test("what fails is not asked again", async () => {
    office.failures.set("company", officeError("no_answer", "No answer."));
    await expect(app.office.company()).rejects.toBeInstanceOf(OfficeError);
    expect(office.count("company")).toBe(1);
  });
});

async function input(id: string): Promise<PersonInput> {
  const { name, role, status, email, phone, hire_date } = await office.personRecord(id);
  const kept = { specializations: null, hours: null, certificates: null };
  return { ...{ name, role, status, email, phone, hire_date }, ...kept, keep_items: [], leave_crews: null };
}

test("time off that was changed and put back is removed without a word", async () => {
  const off = [...office.crew.tables.off.values()].find((one) => one.person_id !== null)!;
  const record = await app.office.personRecord(off.person_id!);
  const entry = record.time_off.find(({ id }) => id === off.id)!;
  const { kind, from, from_time, until, until_time } = entry;
  const span = { kind, from: from!, from_time, until, until_time };
  const { id, version } = entry;
  const saved = await app.office.saveTimeOff({
    ...{ id, version, person_id: off.person_id, machine_id: null },
    ...{ ...span, note: "Back on Monday" },
  });
  await app.office.undoChange(saved.change!.id);
  await app.office.removeTimeOff(id, version);
  expect(office.last("removeTimeOff")).toEqual([id, version + 2]);
  expect(office.crew.tables.off.has(id)).toBe(false);
});

test("the company's settings have a version of their own", async () => {
  const { may_edit: _, ...firm } = await app.office.company();
  const { change } = await app.office.saveCompany({ ...firm, phone: "(630) 555-0111" });
  expect(app.versions.isOwn(COMPANY, firm.version, firm.version + 1)).toBe(true);
  await app.office.undoChange(change!.id);
  expect(app.versions.isOwn(COMPANY, firm.version, firm.version + 2)).toBe(true);
});
