import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { fuzzy, pieces } from "$/commands/fuzzy";
import { Registry } from "$/commands/registry.svelte";

import { gate, text } from "../../../tests/window";
import CommandPalette from "./CommandPalette.svelte";
import { PaletteState, type Hit, type Row } from "./palette.svelte";
import ShortcutSheet from "./ShortcutSheet.svelte";

const hit = (id: string, title = `Customer ${id}`): Hit => ({ kind: "customer", id, title, subtitle: "" });
function commands() {
  const registry = new Registry("Win32");
  const run = vi.fn();
  for (const [id, title, shortcut] of [
    ["today", "Go to Today", "g t"],
    ["estimates", "Go to Estimates", "g e"],
    ["new", "New estimate", "c"],
    ["print", "Print crew sheets", "mod+p"],
  ] as const)
    registry.add({
      id,
      title,
      shortcut,
      run: () => run(id),
      keywords: id === "print" ? "paper pdf" : undefined,
    });
  return { registry, run };
}

describe("finding", () => {
  const best = (typed: string) =>
    ["Go to Today", "Go to Estimates", "New estimate", "Show or hide the sidebar", "Notifications"]
      .map((title) => ({ title, match: fuzzy(title, typed) }))
      .filter(({ match }) => match)
      .sort((a, b) => b.match!.score - a.match!.score)
      .map(({ title }) => title)[0];
  test.each([
    ["today", "Go to Today"],
    ["gtod", "Go to Today"],
    ["est", "New estimate"],
    ["new e", "New estimate"],
    ["side", "Show or hide the sidebar"],
    ["gte", "Go to Estimates"],
    ["NOTIF", "Notifications"],
  ])("%s finds %s", (typed, title) => expect(best(typed)).toBe(title));
  test("what is not there is not found", () => {
    expect([best("zzz"), fuzzy("Go to Today", "yadot"), fuzzy("", "a")]).toEqual([undefined, null, null]);
  });
  test("the marked pieces are the text, accents and all", () => {
    const found = fuzzy("Muñoz Family", "munoz");
    expect(pieces("Muñoz Family", found!.spans)).toEqual([
      { text: "Muñoz", hit: true },
      { text: " Family", hit: false },
    ]);
  });
  test("in a thousand titles within a keystroke", () => {
    const titles = Array.from({ length: 1_000 }, (_, i) => `Some command number ${i} with a long title`);
    const start = performance.now();
    titles.forEach((title) => fuzzy(title, "number long"));
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe("the rows", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const made = (search: (text: string) => Promise<Hit[]>) => {
    const chosen: Row[] = [];
    const { registry } = commands();
    return { chosen, state: new PaletteState(registry, search, (row) => chosen.push(row)) };
  };
  const keys = (state: PaletteState) => state.rows.map((row) => row.key);

  test("an answer to what was typed before is dropped", async () => {
    const [slow, fast] = [gate(), gate()];
    const { state } = made(async (typed) => {
      await (typed === "oa" ? slow.closed : fast.closed);
      return [hit(typed)];
    });
    state.type("oa");
    await vi.advanceTimersByTimeAsync(30);
    state.type("oak");
    await vi.advanceTimersByTimeAsync(30);
    fast.open();
    await vi.advanceTimersByTimeAsync(1);
    slow.open();
    await vi.advanceTimersByTimeAsync(1);
    expect(keys(state)).toEqual(["customer:oak"]);
  });
  test("a fast typist asks once", async () => {
    const search = vi.fn(() => Promise.resolve([]));
    const { state } = made(search);
    for (const typed of ["o", "oa", "oak"]) state.type(typed);
    await vi.advanceTimersByTimeAsync(30);
    expect(search.mock.calls).toEqual([["oak"]]);
  });
  test("records come below the commands, and what was before stays until then", async () => {
    const { state } = made((typed) => Promise.resolve([hit(typed)]));
    state.type("est");
    expect(keys(state)).toEqual(["command:new", "command:estimates"]);
    await vi.advanceTimersByTimeAsync(30);
    expect(keys(state)).toEqual(["command:new", "command:estimates", "customer:est"]);
    state.move(1);
    state.type("esti");
    expect([keys(state).at(-1), state.active]).toEqual(["customer:est", "command:new"]);
  });
  test("Enter before the answer means the answer", async () => {
    const { state, chosen } = made((typed) => Promise.resolve([hit(typed)]));
    state.type("smit");
    await vi.advanceTimersByTimeAsync(30);
    state.type("smith");
    state.enter();
    expect(chosen).toEqual([]);
    await vi.advanceTimersByTimeAsync(30);
    expect(chosen.map((row) => row.key)).toEqual(["customer:smith"]);
  });
  test("recent choices stand first, records only while the window is open", async () => {
    const { state } = made(() => Promise.resolve([hit("9", "Secret Name")]));
    state.type("print");
    state.enter();
    state.type("secret");
    await vi.advanceTimersByTimeAsync(30);
    state.enter();
    state.reset();
    const recent = keys(state).filter((key) => key.startsWith("recent:"));
    expect([recent[0], recent.at(-1)]).toEqual(["recent:customer:9", "recent:command:print"]);
    expect(JSON.stringify(localStorage)).not.toContain("Secret");
  });
  test("another word finds it, too", () => {
    const { state } = made(() => Promise.resolve([]));
    state.type("pdf");
    expect(keys(state)).toEqual(["command:print"]);
  });
  test("a search that fails leaves the commands", async () => {
    const { state } = made(() => Promise.reject(new Error("no")));
    state.type("print");
    await vi.advanceTimersByTimeAsync(30);
    expect([keys(state), state.failed, state.pending]).toEqual([["command:print"], true, false]);
  });
});

test("by keyboard from the first letter to the command, and the focus is back before it runs", async () => {
  const user = userEvent.setup();
  const { registry, run } = commands();
  const field = document.body.appendChild(document.createElement("input"));
  field.focus();
  let focused: Element | null = null;
  run.mockImplementation(() => (focused = document.activeElement));
  render(CommandPalette, { open: true, registry, search: () => Promise.resolve([]) });
  const input = await screen.findByTestId("palette-input");
  await vi.waitFor(() => expect(document.activeElement).toBe(input));
  await user.keyboard("go to");
  await user.keyboard("{ArrowDown}{Tab}");
  expect(document.activeElement).toBe(input);
  const active = document.getElementById(input.getAttribute("aria-activedescendant") ?? "");
  expect(active?.dataset.key).toBe("command:estimates");
  await user.keyboard("{Enter}");
  expect([run.mock.calls, focused]).toEqual([[["estimates"]], field]);
  field.remove();
});

test("the sheet has every command by group, and can be searched", async () => {
  const user = userEvent.setup();
  const { registry } = commands();
  const print = vi.fn();
  render(ShortcutSheet, { open: true, registry, print });
  const sheet = await screen.findByTestId("shortcut-sheet");
  expect(text(sheet)).toContain("Go to Today G then T");
  await user.type(screen.getByRole("searchbox"), "crew");
  expect(screen.getAllByRole("term").map(text)).toEqual(["Print crew sheets"]);
  await user.click(screen.getByRole("button", { name: "Print" }));
  expect(print).toHaveBeenCalledOnce();
});
