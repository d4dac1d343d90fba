import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { get, gone, openWindow, settle, shown, text } from "../../tests/window";

const input = () => get("palette").querySelector("input")!;

test("Ctrl+K finds a customer and opens it beside the list", async () => {
  const { user, office } = await openWindow();
  await user.keyboard("{Control>}k{/Control}");
  await shown("palette");
  await user.type(input(), "kessler");
  await waitFor(() => expect(text(get("palette"))).toContain("77 Birch Ln"));
  await waitFor(() => expect(office.last("search")?.[0]).toBe("kessler"));
  await user.keyboard("{Enter}");
  await gone("palette");
  await shown("detail-panel", "[data-kind=customer]");
});

test("the search field opens it, and a command runs with the focus where it was", async () => {
  const { user } = await openWindow();
  await user.click(get("search"));
  await shown("palette");
  await user.type(input(), "recent ch");
  await user.keyboard("{Enter}");
  await shown("changes");
});

test("every screen can be gone to, and says so in the sheet of keys", async () => {
  const { app, user } = await openWindow();
  for (const [keys, screen] of [
    ["ga", "alerts"],
    ["gr", "changes"],
    ["gs", "settings"],
    ["gh", "help"],
    ["gt", "today"],
  ] as const) {
    await user.keyboard(keys);
    expect(app.router.route.screen).toBe(screen);
  }
  await user.keyboard("?");
  await waitFor(() => expect(document.body.textContent).toContain("Go to Alerts"));
  expect(document.body.textContent).toContain("Mark as read");
});

test("what can be undone is offered, what cannot says why", async () => {
  const { app, user } = await openWindow();
  expect(app.registry.get("undo").reason?.()).toBe("There is nothing to undo.");
  let undone = false;
  app.undo.push({
    label: "Something",
    undo: async () => {
      undone = true;
      return async () => undefined;
    },
  });
  await user.keyboard("{Control>}z{/Control}");
  await settle();
  expect([undone, app.registry.get("undo").reason?.()]).toEqual([true, "There is nothing to undo."]);
});

test("the tray runs a command by its id, and none that is not there", async () => {
  const { app, office } = await openWindow();
  office.emit("run-command", "go.alerts");
  expect(app.router.route.screen).toBe("alerts");
  office.emit("run-command", "rm -rf");
  office.emit("run-command", "toString");
  expect(app.router.route.screen).toBe("alerts");
});
