import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { Registry } from "$/commands/registry.svelte";

import { fromCommands, type MenuItem } from "./items";
import Menu from "./Menu.svelte";

test("a menu is made of commands: shortcut, reason, and no lines that stand alone", () => {
  const registry = new Registry("Win32");
  const run = vi.fn();
  registry.add({ id: "a", title: "A", shortcut: "mod+1", run });
  registry.add({ id: "b", title: "B", reason: () => "Not now.", run });
  registry.add({ id: "c", title: "C", when: () => false, run });
  const items = fromCommands(registry, ["-", "a", "-", "-", "b", "-", "c"]);
  expect(items.map((item) => [item.kind ?? "action", item.id])).toEqual([
    ["action", "a"],
    ["separator", "line-2"],
    ["action", "b"],
  ]);
  expect(items[0]).toMatchObject({ shortcut: "Ctrl+1", disabled: false });
  expect(items[2]).toMatchObject({ disabled: "Not now." });
});

test("goes by keyboard; what cannot be done is read, told and not done", async () => {
  const user = userEvent.setup();
  const [go, never] = [vi.fn(), vi.fn()];
  const items: MenuItem[] = [
    { id: "never", title: "Text", disabled: "No phone number is known.", run: never },
    { id: "go", title: "Move", run: go },
  ];
  render(Menu, { items, label: "Job" });
  screen.getByRole("button", { name: "Job" }).focus();
  await user.keyboard("{Enter}");
  const first = await screen.findByRole("menuitem", { name: /Text/ });
  await vi.waitFor(() => expect(document.activeElement).toBe(first));
  await user.keyboard("{Enter}");
  expect(document.querySelector("[data-testid=said]")?.textContent).toContain("No phone number");
  await user.keyboard("{ArrowDown}{Enter}");
  expect([never.mock.calls.length, go.mock.calls.length]).toEqual([0, 1]);
});
