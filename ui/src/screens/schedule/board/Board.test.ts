import { fireEvent, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { JobSeed } from "$/ipc/client";
import { FakeOffice } from "$/ipc/fake";
import { desk } from "../job/desk.svelte";
import { trayOf } from "../tray/tray.svelte";

import { all, find, gate, get, gone, openWindow, settle, shown, text } from "../../../../tests/window";

const WEEK = "#/schedule?date=2026-06-24";
const NAMES = 192;
const DAY = 86_400_000;

/** There is no layout here: whatever is asked for its size is as large as a board. */
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(NAMES + 7 * 116);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockImplementation(function (this: HTMLElement) {
    const [left, width] = [this.style.left, this.style.width].map(parseFloat);
    return this.dataset.testid === "bar" ? new DOMRect(left, 0, width, 40) : new DOMRect(0, 0, 1004, 600);
  });
  vi.spyOn(HTMLElement.prototype, "setPointerCapture").mockReturnValue(undefined);
});
afterEach(() => desk.clear());

/** A job of one day and one crew that clashes with nothing: the only one there is, where `alone`. */
async function open({ hash = WEEK, alone = true } = {}) {
  const office = new FakeOffice();
  const job = office.board.jobs.find(
    (one) =>
      one.status === "scheduled" &&
      one.crews.length === 1 &&
      one.start > "2026-06-22" &&
      one.start < "2026-06-24" &&
      one.start.slice(0, 10) === one.end.slice(0, 10),
  )!;
  if (alone) office.board.jobs = [job];
  const there = await openWindow(office, { hash });
  await shown("bar");
  return { ...there, job: { ...job } };
}
const bar = (id: string) => get("bar", `[data-id="${id}"]`);
const place = (element: HTMLElement) => parseFloat(element.style.left);
const now = (office: FakeOffice, id: string) => office.board.jobs.find((job) => job.id === id)!;

type Where = { x: number; y?: number; on?: EventTarget } & PointerEventInit;
function pointer(type: string, { x, y = 100, on = window, buttons = 1, ...more }: Where) {
  const event = new PointerEvent(type, {
    ...{ bubbles: true, cancelable: true, pointerId: 1, isPrimary: true, button: 0 },
    ...{ clientX: x, clientY: y, buttons, ...more },
  });
  on.dispatchEvent(event);
}
const middle = (element: HTMLElement) => place(element) + parseFloat(element.style.width) / 2;
/** On its own row, below the line of the days. */
const level = (element: HTMLElement) =>
  58 + parseFloat(element.closest<HTMLElement>("[data-testid=board-row]")!.style.top) + 20;

describe("the pointer", () => {
  test("a flick out of the board is the beginning of a drag", async () => {
    const { office, job } = await open();
    const x = middle(bar(job.id));
    pointer("pointerdown", { x, on: bar(job.id) });
    pointer("pointermove", { x: x + 116 });
    await settle();
    expect(find("ghost")).not.toBeNull();
    pointer("pointerup", { x: x + 116, buttons: 0 });
    await waitFor(() => expect(office.count("moveJobs")).toBe(1));
    expect(Date.parse(now(office, job.id).start) - Date.parse(job.start)).toBe(DAY);
  });

  test("Ctrl makes a copy of a move while the pointer rests, and let go of a move again", async () => {
    const { office, job } = await open();
    const x = middle(bar(job.id));
    const key = (type: string, ctrlKey: boolean) =>
      window.dispatchEvent(new KeyboardEvent(type, { key: "Control", ctrlKey, bubbles: true }));
    pointer("pointerdown", { x, on: bar(job.id) });
    pointer("pointermove", { x: x + 116 });
    await settle();
    expect(text(get("drag-card"))).not.toContain("Copy");
    // Some webviews do not count the key among those that are down yet.
    key("keydown", false);
    await settle();
    expect(text(get("drag-card"))).toContain("Copy");
    key("keyup", false);
    await settle();
    expect(text(get("drag-card"))).not.toContain("Copy");
    key("keydown", true);
    await settle();
    pointer("pointerup", { x: x + 116, buttons: 0, ctrlKey: true });
    await waitFor(() => expect(office.count("createJob")).toBe(1));
    expect(office.count("moveJobs")).toBe(0);
    key("keyup", false);
  });

  test("without a button held nothing begins, and what was under way is put back", async () => {
    const { office, job } = await open();
    const x = middle(bar(job.id));
    pointer("pointerdown", { x, on: bar(job.id) });
    pointer("pointermove", { x: x + 116, buttons: 0 });
    pointer("pointermove", { x: x + 116 });
    await settle();
    expect(find("ghost")).toBeNull();
    pointer("pointerdown", { x, on: bar(job.id) });
    pointer("pointermove", { x: x + 116 });
    await settle();
    expect(find("ghost")).not.toBeNull();
    pointer("pointermove", { x: x + 130, buttons: 0 });
    await settle();
    expect(find("ghost")).toBeNull();
    pointer("pointerup", { x: x + 130, buttons: 0 });
    expect(office.count("moveJobs")).toBe(0);
  });

  test("a press is forgotten when the window loses the focus, and on a scrollbar it is none", async () => {
    const { job } = await open();
    const x = middle(bar(job.id));
    pointer("pointerdown", { x, on: bar(job.id) });
    window.dispatchEvent(new Event("blur"));
    pointer("pointermove", { x: x + 116 });
    await settle();
    expect(find("ghost")).toBeNull();
    pointer("pointerdown", { x: 400, y: 605, on: get("board-scroller") });
    pointer("pointermove", { x: 600, y: 605 });
    await settle();
    expect(find("ghost")).toBeNull();
  });

  test("dropped without having moved since the board turned its page, it goes to the week that is shown", async () => {
    const { app, office, job } = await open();
    const x = middle(bar(job.id));
    pointer("pointerdown", { x, on: bar(job.id) });
    pointer("pointermove", { x: x + 116 });
    app.schedule.setFilters({ date: "2026-07-01" });
    await waitFor(() => expect(app.schedule.data?.from).toBe("2026-06-29"));
    await settle();
    pointer("pointerup", { x: x + 116, buttons: 0 });
    await waitFor(() => expect(office.count("moveJobs")).toBe(1));
    expect(now(office, job.id).start.slice(0, 10)).toBe(
      new Date(Date.parse(job.start) + 8 * DAY).toISOString().slice(0, 10),
    );
  });

  test("a second move before the first is saved is no conflict with oneself", async () => {
    const { office, job } = await open();
    const { closed, open: go } = gate();
    office.gates.set("moveJobs", closed);
    for (const by of [1, 2]) {
      const x = middle(bar(job.id));
      pointer("pointerdown", { x, on: bar(job.id) });
      pointer("pointermove", { x: x + 116 });
      pointer("pointerup", { x: x + 116, buttons: 0 });
      await settle();
      expect(middle(bar(job.id)) - x, `move ${by}`).toBeCloseTo(116, 0);
    }
    go();
    await waitFor(() => expect(Date.parse(now(office, job.id).start) - Date.parse(job.start)).toBe(2 * DAY));
    expect(find("changed-dialog")).toBeNull();
    expect(office.count("moveJobs")).toBe(2);
  });
});

describe("what is carried", () => {
  test("over several days leaves out the days off", async () => {
    const { office, job } = await open();
    const [thursday, friday] = ["2026-06-25T11:00:00.000Z", "2026-06-26T20:00:00.000Z"];
    office.board.elsewhere(job.id, { start: thursday, end: friday });
    await waitFor(() => expect(bar(job.id).getAttribute("aria-label")).toContain("Jun 26"));
    bar(job.id).focus();
    await fireEvent.keyDown(bar(job.id), { key: "m" });
    await fireEvent.keyDown(bar(job.id), { key: "ArrowRight", shiftKey: true });
    expect(text(find("said"))).toContain("Jun 29");
    await fireEvent.keyDown(bar(job.id), { key: "Enter" });
    await waitFor(() => expect(office.count("moveJobs")).toBe(1));
    expect(now(office, job.id)).toMatchObject({
      start: "2026-06-26T11:00:00.000Z",
      end: "2026-06-29T20:00:00.000Z",
    });
  });

  test("past the edge goes no further than it was carried, however slow the next week is", async () => {
    const { app, office, job } = await open();
    const { closed, open: go } = gate();
    bar(job.id).focus();
    await fireEvent.keyDown(bar(job.id), { key: "m" });
    office.gates.set("schedule", closed);
    for (let i = 0; i < 9; i++)
      await fireEvent.keyDown(document.activeElement!, { key: "ArrowRight", shiftKey: true });
    const day = new Date(Date.parse(job.start) + 9 * DAY).toISOString().slice(0, 10);
    expect(app.schedule.span).toEqual({ from: "2026-06-29", until: "2026-07-06" });
    for (let i = 0; i < 9; i++)
      await fireEvent.keyDown(document.activeElement!, { key: "ArrowLeft", shiftKey: true });
    expect(app.schedule.span.from).toBe("2026-06-22");
    for (let i = 0; i < 9; i++)
      await fireEvent.keyDown(document.activeElement!, { key: "ArrowRight", shiftKey: true });
    go();
    await waitFor(() => expect(app.schedule.data?.from).toBe("2026-06-29"));
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.cell).toBeDefined());
    await fireEvent.keyDown(document.activeElement!, { key: "Enter" });
    await waitFor(() => expect(now(office, job.id).start.slice(0, 10)).toBe(day));
  });

  test("gets another start with Ctrl and Shift, another end with Ctrl", async () => {
    const { office, job } = await open();
    bar(job.id).focus();
    const keys = async (key: string, more: KeyboardEventInit = {}) => {
      await fireEvent.keyDown(document.activeElement!, { key, ctrlKey: true, ...more });
    };
    await keys("m", { ctrlKey: false });
    expect(text(find("said"))).toContain("with Ctrl and Shift its start");
    await keys("ArrowLeft", { shiftKey: true });
    await keys("ArrowRight");
    expect(text(find("said"))).toContain("Put it down first");
    await keys("Enter", { ctrlKey: false });
    await waitFor(() => expect(office.count("moveJobs")).toBe(1));
    expect(Date.parse(now(office, job.id).start) - Date.parse(job.start)).toBe(-15 * 60_000);
    expect(now(office, job.id).end).toBe(job.end);
    await waitFor(() => expect(document.activeElement).toBe(bar(job.id)));
    await keys("m", { ctrlKey: false });
    await keys("ArrowDown");
    await keys("Enter", { ctrlKey: false });
    await waitFor(() => expect(Date.parse(now(office, job.id).end) - Date.parse(job.end)).toBe(DAY));
  });

  test("while it is being taken back goes on from where that leaves it, and waits to be put down", async () => {
    const { app, office, job } = await open();
    const days = () => (Date.parse(now(office, job.id).start) - Date.parse(job.start)) / DAY;
    const keys = (key: string, more: KeyboardEventInit = {}) =>
      fireEvent.keyDown(document.activeElement!, { key, ...more });
    const left = place(bar(job.id));
    bar(job.id).focus();
    await keys("m");
    for (let i = 0; i < 2; i++) await keys("ArrowRight", { shiftKey: true });
    await keys("Enter");
    await waitFor(() => expect(app.undo.canUndo).toBe(true));
    await waitFor(() => expect(document.activeElement).toBe(bar(job.id)));
    // Nothing is read from here on: the answers alone say what is so.
    office.gates.set("schedule", new Promise(() => undefined));
    const { closed, open: go } = gate();
    office.late.set("undoChange", closed);
    await keys("z", { ctrlKey: true });
    await waitFor(() => expect(days()).toBe(0));
    await keys("m");
    await keys("ArrowRight", { shiftKey: true });
    await keys("Enter");
    expect(office.count("moveJobs")).toBe(1);
    go();
    await waitFor(() => expect(office.count("moveJobs")).toBe(2));
    await waitFor(() => expect(days()).toBe(1));
    expect(find("changed-dialog")).toBeNull();
    await waitFor(() => expect(app.schedule.job(job.id)?.version).toBe(4));
    expect(place(bar(job.id)) - left).toBeCloseTo(116, 0);
  });

  test("stays under the pointer, whatever is taken back meanwhile", async () => {
    const { app, office, job } = await open();
    const days = () => (Date.parse(now(office, job.id).start) - Date.parse(job.start)) / DAY;
    const drag = (by: number) => {
      const x = middle(bar(job.id));
      pointer("pointerdown", { x, on: bar(job.id) });
      pointer("pointermove", { x: x + by });
      return () => pointer("pointerup", { x: x + by, buttons: 0 });
    };
    drag(116)();
    await waitFor(() => expect(app.undo.canUndo).toBe(true));
    await waitFor(() => expect(app.schedule.job(job.id)?.version).toBe(2));
    await settle();
    const letGo = drag(116);
    await app.undo.undo();
    expect(days()).toBe(0);
    letGo();
    await waitFor(() => expect(days()).toBe(2));
    expect(find("changed-dialog")).toBeNull();
  });

  test("and what is new begins where the keys are", async () => {
    const { app, job } = await open();
    const seed = () => (desk.editing as { seed: JobSeed }).seed;
    bar(job.id).focus();
    app.registry.run("schedule.newJob");
    expect(seed().resource).toEqual({ kind: "crew", id: job.crews[0] });
    expect(seed().start).toBe(`${job.start.slice(0, 10)}T11:00:00.000Z`);
    desk.clear();
    get("schedule-today").focus();
    app.registry.run("schedule.newJob");
    expect(seed().resource).toBeNull();
  });

  test("with Ctrl, and put down where it was, is not copied", async () => {
    const { office, job } = await open();
    const [x, y] = [middle(bar(job.id)), level(bar(job.id))];
    pointer("pointerdown", { x, y, on: bar(job.id), ctrlKey: true });
    // A hand that chooses another one is not always still.
    pointer("pointermove", { x: x + 7, y, ctrlKey: true });
    await settle();
    expect(find("ghost")).toBeNull();
    pointer("pointermove", { x: x + 60, y, ctrlKey: true });
    await settle();
    expect(find("ghost")).not.toBeNull();
    pointer("pointermove", { x, y, ctrlKey: true });
    pointer("pointerup", { x, y, buttons: 0, ctrlKey: true });
    await settle();
    expect([office.count("createJob"), office.count("moveJobs")]).toEqual([0, 0]);
  });
});

test("what cannot be changed now says so where it is seen, once", async () => {
  const { office, app, job } = await open();
  office.board.copyAsOf = "2026-06-18T12:42:00Z";
  await app.schedule.refresh();
  app.schedule.newJob({ contract_id: null, copy_of: null, start: null, end: null, resource: null });
  bar(job.id).focus();
  app.registry.run("schedule.pickUp");
  const seen = () => all("toast").filter((toast) => text(toast).includes("the copy on this computer"));
  await waitFor(() => expect(seen()).toHaveLength(1));
  expect(desk.editing).toBeNull();
});

test("an office with machines and people has a board, also without crews", async () => {
  const office = new FakeOffice();
  office.board.crews = [];
  const { app } = await openWindow(office, { hash: WEEK });
  await shown("row-header");
  expect(find("board-no-crews")).toBeNull();
  office.board.people = [];
  office.board.machines = [];
  await app.schedule.refresh();
  await shown("board-no-crews");
});

describe("waiting work", () => {
  async function tray() {
    const there = await open();
    trayOf(there.app).toggle(true);
    return { ...there, card: await shown("tray-card") };
  }

  test("is taken by a flick out of its card, and let go of when nobody holds it any more", async () => {
    const { card, office } = await tray();
    pointer("pointerdown", { x: 950, on: card });
    pointer("pointermove", { x: 500 });
    await settle();
    expect([find("ghost") !== null, card.dataset.dragging]).toEqual([true, "true"]);
    pointer("pointermove", { x: 500, buttons: 0 });
    await settle();
    expect([find("ghost"), card.dataset.dragging]).toEqual([null, undefined]);
    pointer("pointerup", { x: 500, buttons: 0 });
    expect(office.count("createJob")).toBe(0);
  });

  test("scrolls under a finger, which takes a card by going to the side or by resting first", async () => {
    const { card } = await tray();
    expect(card.style.touchAction).toBe("pan-y");
    pointer("pointerdown", { x: 950, on: card, pointerType: "touch" });
    // The browser has begun to scroll.
    pointer("pointercancel", { x: 950, pointerType: "touch" });
    pointer("pointermove", { x: 500, pointerType: "touch" });
    expect(card.dataset.dragging).toBeUndefined();
    pointer("pointerdown", { x: 950, on: card, pointerType: "touch" });
    await waitFor(() => expect(card.dataset.dragging).toBe("true"));
    const touch = new Event("touchmove", { cancelable: true });
    card.dispatchEvent(touch);
    expect(touch.defaultPrevented).toBe(true);
    await fireEvent.keyDown(card, { key: "Escape" });
    expect(card.dataset.dragging).toBeUndefined();
  });
});

describe("when the panel closes", () => {
  test("the keys are on the job again, wherever it stands now", async () => {
    const { office, user, app, job } = await open();
    await user.click(bar(job.id));
    bar(job.id).focus();
    await user.keyboard("{Enter}");
    (await shown("detail-panel")).querySelector("button")!.focus();
    const other = office.board.crews.find(({ id }) => !job.crews.includes(id))!;
    office.board.elsewhere(job.id, { crews: [other.id] });
    await waitFor(() => expect(bar(job.id).dataset.on).toBe(`crew:${other.id}`));
    app.router.close();
    await waitFor(() => expect(document.activeElement).toBe(bar(job.id)));
  });

  test("they are on the board where the job has gone, and on the screen where nothing is left", async () => {
    const { office, app, job } = await open();
    bar(job.id).focus();
    app.schedule.openJob(job.id);
    (await shown("detail-panel")).querySelector("button")!.focus();
    office.board.jobs = [];
    office.board.changed();
    await gone("bar");
    app.router.close();
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.testid).toBe("row-header"));
    app.router.screen("help");
    app.open({ kind: "job", id: job.id });
    await shown("detail-panel");
    (document.activeElement as HTMLElement).blur();
    app.router.close();
    await waitFor(() => expect(document.activeElement?.tagName).toBe("MAIN"));
  });
});

describe("what a command acts on", () => {
  const complete = "job.complete";
  const reason = (app: Awaited<ReturnType<typeof open>>["app"], id: string) =>
    app.registry.get(id).reason?.();

  test("is nothing while nobody has chosen a job", async () => {
    const { app, office } = await open();
    for (const id of [complete, "schedule.moveTo", "schedule.pickUp", "schedule.duplicate"])
      expect(reason(app, id), id).toBe("Go to a job first.");
    app.registry.run(complete);
    await settle();
    expect(office.count("setJobStatus")).toBe(0);
  });

  test("is the job with the focus, also from the palette, and not when the focus has gone elsewhere", async () => {
    const { app, office, user, job } = await open();
    bar(job.id).focus();
    await user.keyboard("{Control>}k{/Control}");
    await shown("palette");
    expect(reason(app, "job.cancel")).toBeNull();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(bar(job.id)));
    get("schedule-today").focus();
    expect(reason(app, complete)).toBe("Go to a job first.");
    expect(office.count("setJobStatus")).toBe(0);
  });

  test("is the one in the panel rather than one that had the focus once", async () => {
    const { app, job, office } = await open({ alone: false });
    const other = office.board.jobs.find(
      (one) => one.id !== job.id && one.start > "2026-06-22" && one.start < "2026-06-26",
    )!;
    bar(job.id).focus();
    get("schedule-today").focus();
    app.open({ kind: "job", id: other.id });
    await settle();
    app.registry.run("schedule.moveTo");
    expect(desk.moving?.jobs).toEqual([other.id]);
  });

  test("picking up takes what is selected, not the first job there is", async () => {
    const { app, job } = await open({ alone: false });
    app.schedule.selection.set([job.id]);
    app.registry.run("schedule.pickUp");
    await settle();
    expect(bar(job.id).dataset.carried).toBe("true");
    expect(all("bar").filter((one) => one.dataset.carried === "true")).toHaveLength(1);
    await fireEvent.keyDown(bar(job.id), { key: "Escape" });
    expect(text(find("said"))).toContain("Put back");
  });
});
