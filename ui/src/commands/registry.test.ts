import { beforeEach, describe, expect, test } from "vitest";

import { Registry } from "./registry.svelte";

let ran: string[];
function made(platform = "Win32") {
  const registry = new Registry(platform);
  for (const [id, shortcut] of [
    ["sidebar", "mod+b"],
    ["today", "g t"],
    ["bell", "n"],
    ["back", "alt+left"],
  ] as const)
    registry.add({ id, title: id, shortcut, run: () => ran.push(id) });
  return registry;
}
beforeEach(() => void (ran = []));

function press(key: string, more: KeyboardEventInit = {}, target: HTMLElement = document.body) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event;
}

test("runs what the key means and keeps the browser out of it", () => {
  const registry = made();
  const event = press("b", { ctrlKey: true });
  expect(registry.key(event)).toBe(true);
  expect([ran, event.defaultPrevented]).toEqual([["sidebar"], true]);
});

test("is Cmd on a Mac and Ctrl elsewhere", () => {
  const [mac, windows] = [made("MacIntel"), made("Win32")];
  expect(mac.key(press("b", { ctrlKey: true }))).toBe(false);
  expect(mac.key(press("b", { metaKey: true }))).toBe(true);
  expect(windows.key(press("b", { metaKey: true }))).toBe(false);
  expect([mac.label("sidebar"), windows.label("sidebar")]).toEqual(["⌘B", "Ctrl+B"]);
  expect([mac.aria("sidebar"), windows.aria("back")]).toEqual(["Meta+B", "Alt+ArrowLeft"]);
});

describe("two letters", () => {
  test("one after the other", () => {
    const registry = made();
    registry.key(press("g"), 0);
    registry.key(press("t"), 1_000);
    expect(ran).toEqual(["today"]);
  });
  test("not too far apart, and not with something between", () => {
    const registry = made();
    registry.key(press("g"), 0);
    registry.key(press("t"), 1_300);
    registry.key(press("g"), 2_000);
    registry.key(press("x"), 2_100);
    registry.key(press("t"), 2_200);
    expect(ran).toEqual([]);
  });
});

test("the second of two letters is not what that letter means alone", () => {
  const registry = made();
  registry.add({ id: "notes", title: "", shortcut: "g n", run: () => ran.push("notes") });
  registry.key(press("g"), 0);
  registry.key(press("n"), 100);
  registry.key(press("n"), 200);
  expect(ran).toEqual(["notes", "bell"]);
});

test("behind an open dialog nothing is run, and the browser does nothing of its own", () => {
  const registry = made();
  const dialog = document.body.appendChild(document.createElement("div"));
  dialog.setAttribute("aria-modal", "true");
  const [letter, ctrl] = [press("n", {}, dialog), press("b", { ctrlKey: true }, dialog)];
  for (const event of [letter, ctrl, press("g"), press("t")]) registry.key(event);
  expect([ran, letter.defaultPrevented, ctrl.defaultPrevented]).toEqual([[], false, true]);
  dialog.dataset.state = "closed";
  registry.key(press("t"));
  registry.key(press("n"));
  expect(ran).toEqual(["bell"]);
  dialog.remove();
});

test("letters in an open menu choose its items", () => {
  const registry = made();
  const menu = document.body.appendChild(document.createElement("div"));
  menu.setAttribute("role", "menu");
  registry.key(press("n", {}, menu));
  registry.key(press("b", { ctrlKey: true }, menu));
  expect(ran).toEqual(["sidebar"]);
  menu.remove();
});

test("single letters leave typing alone, Ctrl does not", () => {
  const registry = made();
  const field = document.body.appendChild(document.createElement("input"));
  const plain = press("n", {}, field);
  registry.key(plain);
  expect([ran, plain.defaultPrevented]).toEqual([[], false]);
  registry.key(press("b", { ctrlKey: true }, field));
  expect(ran).toEqual(["sidebar"]);
  field.remove();
});

test("single letters can be turned off, for good", () => {
  const registry = made();
  registry.setLetters(false);
  registry.key(press("n"));
  registry.key(press("b", { ctrlKey: true }));
  expect([ran, registry.label("bell")]).toEqual([["sidebar"], ""]);
  expect(made().letters).toBe(false);
});

test("a held key, a composed character and a key already used mean nothing", () => {
  const registry = made();
  const used = press("n");
  used.preventDefault();
  for (const event of [press("n", { repeat: true }), press("n", { isComposing: true }), used])
    registry.key(event);
  expect(ran).toEqual([]);
});

test("the same shortcut twice, or one that hides another, is a mistake of ours", () => {
  const registry = made();
  const add = (shortcut: string) => () =>
    registry.add({ id: shortcut, title: "", shortcut, run: () => undefined });
  expect(add("mod+b")).toThrow("already sidebar");
  expect(add("g")).toThrow("already today");
  expect(add("n x")).toThrow("already bell");
  expect(add("mod+n")).not.toThrow();
});

test("what cannot be done now is not done", () => {
  const registry = made();
  registry.add({
    id: "refresh",
    title: "",
    shortcut: "r",
    when: () => false,
    run: () => ran.push("refresh"),
  });
  registry.key(press("r"));
  registry.run("refresh");
  expect(ran).toEqual([]);
});

test("what says why it cannot be done is offered, and the reason is told", () => {
  const registry = made();
  const reason = () => "The database does not answer.";
  registry.add({ id: "print", title: "Print", shortcut: "mod+p", reason, run: () => ran.push("print") });
  expect(registry.key(press("p", { ctrlKey: true }))).toBe(true);
  expect([ran, registry.offered().some(({ id }) => id === "print")]).toEqual([[], true]);
  expect(document.querySelector("[data-testid=said]")?.textContent).toContain("does not answer");
});

test("a command has further shortcuts, until somebody wants one for another", () => {
  const registry = made();
  registry.add({ id: "help", title: "Help", shortcut: "?", also: ["f1"], run: () => ran.push("help") });
  registry.key(press("?", { shiftKey: true }));
  registry.key(press("F1"));
  expect([ran, registry.shortcuts("help")]).toEqual([
    ["help", "help"],
    ["?", "f1"],
  ]);
  expect([registry.conflict("bell", "?"), registry.conflict("bell", "f2")]).toEqual([
    "? is “Help” already.",
    null,
  ]);
  registry.setShortcut("bell", "f1");
  registry.key(press("F1"));
  expect([ran.at(-1), registry.shortcuts("help")]).toEqual(["bell", ["?"]]);
  registry.resetShortcuts();
  expect(registry.shortcuts("help")).toEqual(["?", "f1"]);
});
