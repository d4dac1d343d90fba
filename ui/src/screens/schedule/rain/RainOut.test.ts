import { waitFor } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import type { MessageInput, RainOut as Applied, RainRequest } from "$/ipc/client";
import { FakeOffice, officeError } from "$/ipc/fake";
import { hostileRain, pouringBoard, rainyBoard } from "$/ipc/fake-rain-board";

import { all, find, gate, get, gone, openWindow, settle, shown, text } from "../../../../tests/window";
import { becomeStatus } from "../job/desk.svelte";

async function openRain(change: (office: FakeOffice) => void = () => undefined, board = rainyBoard()) {
  const office = new FakeOffice();
  office.board.fill(board);
  change(office);
  return openWindow(office, { hash: "#/schedule/rain" });
}
const day = (date: string) => get("rain-day", `[data-date="${date}"]`);
const rows = () => all("rain-row");
const last = (office: FakeOffice) => office.last("planRainOut")?.[0] as RainRequest;
/** The first that has a place. */
const placed = () => rows().find((row) => row.dataset.takes === "true")!;

describe("the days", () => {
  test("today is chosen on a working morning, and the plan is there", async () => {
    const { office } = await openRain();
    await shown("rain-row");
    expect(day("2026-06-18").getAttribute("aria-pressed")).toBe("true");
    expect((office.calls.find((call) => call.name === "planRainOut")?.args[0] as RainRequest).days).toEqual([
      "2026-06-18",
    ]);
    expect(text(get("rain-summary"))).toMatch(/^\d+ jobs move, 3 stay, 1 found no place/);
    expect((get("rain-reason").querySelector("input") as HTMLInputElement).value).toBe(
      "Rain on Thursday, June 18",
    );
  });

  test("another day, and from noon on", async () => {
    const { user, office } = await openRain();
    await shown("rain-row");
    await user.click(day("2026-06-19"));
    await waitFor(() => expect(last(office).days).toEqual(["2026-06-18", "2026-06-19"]));
    await user.click(get("rain-from").querySelector("input")!);
    await waitFor(() => expect(last(office).from_time).toBe("12:00"));
    expect((get("rain-reason").querySelector("input") as HTMLInputElement).value).toContain("from 12:00 PM");
  });

  test("none chosen, nothing hit: two different sentences", async () => {
    const { user, office } = await openRain();
    await shown("rain-row");
    await user.click(day("2026-06-18"));
    await shown("rain-no-days");
    office.board.jobs = [];
    office.board.changed();
    await user.click(day("2026-06-20"));
    expect(text(await shown("rain-nothing"))).toContain("No weather-dependent jobs on the days chosen.");
  });

  test("the latest choice wins, however late the one before answers", async () => {
    const { user, office } = await openRain();
    await shown("rain-row");
    const { closed, open } = gate();
    office.gates.set("planRainOut", closed);
    await user.click(day("2026-06-19"));
    await waitFor(() => expect(last(office).days).toHaveLength(2));
    await user.click(day("2026-06-19"));
    await user.click(day("2026-06-22"));
    office.gates.delete("planRainOut");
    await waitFor(() => expect(last(office).days).toEqual(["2026-06-18", "2026-06-22"]));
    await waitFor(() => expect(get("rain-list").getAttribute("aria-busy")).toBe("false"));
    const before = text(get("rain-summary"));
    open();
    await settle();
    expect(text(get("rain-summary"))).toBe(before);
  });

  test("planning that takes long says so and can be stopped", async () => {
    const { user, office } = await openRain();
    await shown("rain-row");
    const { closed, open } = gate();
    office.gates.set("planRainOut", closed);
    await user.click(day("2026-06-19"));
    await user.click((await shown("rain-planning")).querySelector("button")!);
    await waitFor(() => expect(find("rain-planning")).toBeNull());
    expect(get("rain-apply").getAttribute("aria-disabled")).toBe("true");
    open();
  });
});

describe("the ways", () => {
  test("each says what it would come to, before it is chosen", async () => {
    const { user, office } = await openRain();
    await waitFor(() =>
      expect(all("rain-figures").map((figures) => /\d+ moves?/.test(text(figures)))).toEqual([
        true,
        true,
        true,
      ]),
    );
    await user.click(get("rain-strategy", "[data-strategy=push_all]").querySelector("[type=radio]")!);
    await waitFor(() =>
      expect(
        office.calls.some(
          (c) => c.name === "planRainOut" && (c.args[0] as RainRequest).strategy === "push_all",
        ),
      ).toBe(true),
    );
    await waitFor(() => expect(all("rain-row").length).toBeGreaterThan(12));
  });
});

describe("by hand", () => {
  test("a problem stands at the job and goes when it is put right", async () => {
    const { user } = await openRain();
    await shown("rain-row");
    get("rain-list").focus();
    // The one without a place goes where its machine is taken.
    await user.keyboard("{ArrowRight}");
    const problem = await shown("rain-problem", "[data-refuses=true]");
    expect(problem.closest("[data-testid=rain-row]")).toBe(rows()[0]);
    expect(text(await shown("rain-refused"))).toContain("1 job would be refused");
    await user.keyboard("{Delete}");
    await waitFor(() => expect(find("rain-problem")).toBeNull());
    expect(rows()[0]?.dataset.takes).toBe("false");
  });

  test("a job stays with Space, and moves with another crew from its popover", async () => {
    const { user, office } = await openRain();
    await shown("rain-row");
    get("rain-list").focus();
    await user.keyboard("{ArrowDown} ");
    const id = placed().dataset.id;
    expect(rows()[1]?.dataset.takes).toBe("false");
    await user.keyboard(" {Enter}");
    const date = (await shown("rain-place-date")).querySelector("input")!;
    expect(document.activeElement).toBe(date);
    await user.clear(date);
    await user.type(date, "jun 30{Tab}");
    await user.click(get("rain-place-done"));
    await waitFor(() => expect(document.activeElement).toBe(get("rain-list")));
    expect(text(get("rain-row", `[data-id="${rows()[1]?.dataset.id}"]`))).toContain("Tue, Jun 30");
    await waitFor(() => expect(office.count("checkRainOut")).toBeGreaterThan(0));
    expect(id).toBeTruthy();
  });

  test("what was changed is still there after the screen was left, and in a new window", async () => {
    const { user, app } = await openRain();
    await shown("rain-row");
    get("rain-list").focus();
    await user.keyboard("{ArrowDown}{ArrowRight}");
    const moved = text(rows()[1]!.querySelector("[data-testid=rain-to]"));
    app.router.screen("today");
    await shown("today");
    app.router.screen("schedule", "rain");
    await waitFor(() => expect(text(rows()[1]?.querySelector("[data-testid=rain-to]") ?? null)).toBe(moved));
    document.body.innerText = "";
    await openRain();
    await waitFor(() => expect(text(rows()[1]?.querySelector("[data-testid=rain-to]") ?? null)).toBe(moved));
    await shown("rain-start-over");
  });
});

test("right after a rain-out the button counts what its list shows", async () => {
  const { user } = await openRain();
  await shown("rain-row");
  await user.click(get("rain-apply"));
  await shown("message");
  expect(text(get("to-tell"))).toBe(`Customers to tell${all("message").length}`);
});

test("the schedule says how many customers wait to be told, and leads to them", async () => {
  const { user } = await openRain();
  await shown("rain-row");
  expect(find("to-tell")).toBeNull();
  await user.click(get("rain-apply"));
  await waitFor(() => expect(find("to-tell")).not.toBeNull());
  await user.click(get("schedule-view").querySelector("button, input")!);
  const button = await shown("to-tell");
  expect(text(button)).toMatch(/^Customers to tell\s*\d+$/);
  await user.click(button);
  await shown("messages");
  expect(get("to-tell").getAttribute("aria-pressed")).toBe("true");
});

describe("applying", () => {
  test("Ctrl+Enter in a dialog over it answers that dialog, and applies nothing", async () => {
    const { user, office } = await openRain();
    await shown("rain-row");
    const job = office.board.jobs.find((one) => one.status === "scheduled")!;
    becomeStatus([job.id]);
    const confirmed = await shown("status-choice", '[data-status="confirmed"]');
    confirmed.focus();
    await user.keyboard(" {Control>}{Enter}{/Control}");
    await waitFor(() => expect(office.count("setJobStatus")).toBe(1));
    await gone("status-dialog");
    expect(office.count("applyRainOut")).toBe(0);
  });

  test("is one step, tells nobody, lists whom to tell, and is taken back as one", async () => {
    const { user, office, app } = await openRain();
    await shown("rain-row");
    const before = new Map(office.board.jobs.map((job) => [job.id, job.start]));
    const said = Number(/customers of (\d+) jobs to tell/.exec(text(get("rain-summary")))?.[1]);
    await user.keyboard("{Control>}{Enter}{/Control}");
    await shown("message-detail");
    expect(office.count("applyRainOut")).toBe(1);
    const { moves, reason } = office.last("applyRainOut")?.[0] as Applied;
    expect(reason).toBe("Rain on Thursday, June 18");
    expect(office.board.jobs.filter((job) => job.start !== before.get(job.id))).toHaveLength(moves.length);
    // Three are promised, and one found no place.
    expect(office.rain.messages).toHaveLength(moves.length + 4);
    expect(office.rain.messages).toHaveLength(said);
    await app.undo.undo();
    await waitFor(() =>
      expect(office.board.jobs.every((job) => job.start === before.get(job.id))).toBe(true),
    );
    await shown("messages-all-told");
  });

  test("what somebody else changed meanwhile is asked about, and nothing is half applied", async () => {
    const { user, office } = await openRain();
    await shown("rain-row");
    const id = placed().dataset.id!;
    office.board.changed = () => undefined;
    office.board.elsewhere(id, { priority: 1 });
    await user.click(get("rain-apply"));
    await waitFor(() => expect(document.querySelector("[role=dialog]")?.textContent).toMatch(/Priya Raman/));
    expect(office.rain.messages).toHaveLength(0);
  });

  test("without a reason the reason is asked for", async () => {
    const { user, office } = await openRain();
    await shown("rain-row");
    const field = get("rain-reason").querySelector("input")!;
    await user.clear(field);
    await user.click(get("rain-apply"));
    expect(document.activeElement).toBe(field);
    expect(office.count("applyRainOut")).toBe(0);
  });

  test("a failure says so and keeps the plan", async () => {
    const { user, office } = await openRain((o) =>
      o.failures.set("applyRainOut", officeError("no_answer", "The office database does not answer.")),
    );
    await shown("rain-row");
    await user.click(get("rain-apply"));
    await shown("toast");
    expect(rows().length).toBeGreaterThan(5);
    expect(office.rain.messages).toHaveLength(0);
  });
});

test("without the office database it says why it cannot be done", async () => {
  await openRain((office) => (office.board.copyAsOf = "2026-06-18T12:42:00Z"));
  expect(text(await shown("rain-not-now"))).toMatch(/A rain-out cannot be planned now\. This is the copy/);
});

test("sixty jobs are a few in the document; names of the worst kind are text", async () => {
  const { user } = await openRain(undefined, pouringBoard());
  await shown("rain-row");
  expect(text(get("rain-summary"))).toContain("60 jobs move");
  expect(rows().length).toBeLessThan(40);
  await user.click(get("nav-today"));
});

test("hostile text is text, in the plan and in the messages", async () => {
  const { user } = await openRain(undefined, hostileRain());
  await shown("rain-row");
  expect(get("rain-screen").querySelectorAll("img")).toHaveLength(0);
  expect(get("rain-screen").textContent).not.toContain("\u202e");
  await user.click(get("rain-apply"));
  await shown("message-detail");
  expect(get("messages").querySelectorAll("img")).toHaveLength(0);
  expect(get("messages").textContent).not.toContain("\u202e");
});

describe("the customers to tell", () => {
  async function openMessages() {
    const opened = await openRain();
    await shown("rain-row");
    await opened.user.click(get("rain-apply"));
    await shown("message-detail");
    await waitFor(() => expect(document.activeElement).toBe(get("messages-list")));
    return opened;
  }
  const saved = (office: FakeOffice) => office.last("saveMessage")?.[0] as MessageInput;

  test("J, K and D work through the list; done ones keep their place", async () => {
    const { user, office } = await openMessages();
    const [first, second] = all("message").map((row) => row.dataset.id);
    await user.keyboard("jk");
    expect(get("messages-list").getAttribute("aria-activedescendant")).toBe(`message-${first}`);
    await user.keyboard("d");
    await waitFor(() => expect(saved(office)).toMatchObject({ id: first, state: "done" }));
    expect(get("message", `[data-id="${first}"]`).dataset.state).toBe("done");
    expect(get("messages-list").getAttribute("aria-activedescendant")).toBe(`message-${second}`);
    expect(text(get("messages-progress"))).toMatch(/^1 of /);
  });

  test("what came of a call is noted with its time", async () => {
    const { user, office } = await openMessages();
    await user.click(all("message-call").find((button) => text(button) === "No answer")!);
    await waitFor(() => expect(saved(office)?.note).toMatch(/^No answer, \d+:\d\d [AP]M$/));
    expect(saved(office).state).toBe("draft");
    await user.click(all("message-call").find((button) => text(button) === "Reached")!);
    await waitFor(() => expect(saved(office)).toMatchObject({ state: "done" }));
    expect(saved(office).note).toMatch(/^No answer, .+\nReached, /);
  });

  test("typing is saved as it is, and a space at the end does not vanish under the hand", async () => {
    const { user, office } = await openMessages();
    const field = get("message-note").querySelector("textarea")!;
    await user.type(field, "Gate code ");
    await waitFor(() => expect(office.count("saveMessage")).toBe(1));
    await settle();
    expect(field.value).toBe("Gate code ");
    await user.type(field, "4711");
    await user.tab();
    await waitFor(() => expect(saved(office).note).toBe("Gate code 4711"));
  });

  test("two people: both are shown, and one chooses", async () => {
    const { user, office } = await openMessages();
    const id = all("message")[0]!.dataset.id!;
    office.board.changed = () => undefined;
    office.rain.elsewhere(id, { note: "They are on vacation" });
    const field = get("message-note").querySelector("textarea")!;
    await user.type(field, "Reached the son");
    await user.tab();
    const conflict = await shown("message-conflict");
    expect(text(conflict)).toContain("They are on vacation");
    expect(text(conflict)).toContain("Reached the son");
    await user.click(get("message-mine"));
    await waitFor(() =>
      expect(office.rain.messages.find((message) => message.id === id)?.note).toBe("Reached the son"),
    );
    expect(find("message-conflict")).toBeNull();
  });

  test("a message that is not needed is dropped, and brought back with Undo", async () => {
    const { user, office, app } = await openMessages();
    const id = all("message")[0]!.dataset.id!;
    await user.click(get("message-drop"));
    await waitFor(() => expect(office.rain.messages.find((m) => m.id === id)?.state).toBe("dropped"));
    await app.undo.undo();
    await waitFor(() => expect(office.rain.messages.find((m) => m.id === id)?.state).toBe("draft"));
  });

  test("a refused change goes back and says why", async () => {
    const { user, office } = await openMessages();
    office.failures.set("saveMessage", officeError("no_answer", "The office database does not answer."));
    const id = all("message")[0]!.dataset.id!;
    await user.keyboard("d");
    await shown("toast");
    await waitFor(() => expect(get("message", `[data-id="${id}"]`).dataset.state).toBe("draft"));
  });

  test("the search finds names and numbers; nothing found is not nothing there", async () => {
    const { user } = await openMessages();
    await user.type(get("messages-search"), "zzz");
    await shown("nothing-matches");
  });
});
