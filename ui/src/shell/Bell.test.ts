import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";
import { notification, uuid } from "$/ipc/fake-data";

import { all, find, get, gone, openWindow, settle, shown, text } from "../../tests/window";

const ids = () => all("notification").map((n) => n.dataset.id);
const row = (n: number) => get("notification", `[data-id="${uuid(n)}"]`);

test("counts what is unread and lists the most urgent first, then the newest", async () => {
  const { user } = await openWindow();
  expect(get("bell-count").dataset.count).toBe("4");
  expect(get("bell").getAttribute("aria-label")).toBe("Notifications, 4 unread");
  await user.click(get("bell"));
  await shown("notification");
  expect(ids()).toEqual([401, 402, 403, 404].map(uuid));
  expect(text(row(401))).toContain("Urgent");
  expect(text(row(402))).toContain("High");
});

test("one that is read leaves at once, and the focus goes on to the next", async () => {
  const { user, office } = await openWindow();
  await user.click(get("bell"));
  await shown("notification");
  const next = row(403).querySelector<HTMLElement>("[data-testid=mark-read]");
  await user.click(row(402).querySelector("[data-testid=mark-read]")!);
  expect(office.last("setRead")).toEqual([[uuid(402)], true]);
  await waitFor(() => expect(ids()).toEqual([401, 403, 404].map(uuid)));
  expect(document.activeElement).toBe(next);
  expect(get("bell-count").dataset.count).toBe("3");
  // Gone from Today's list, too.
  expect(find("today-alert", `[data-id="${uuid(402)}"]`)).toBeNull();
});

test("comes back when it could not be marked, with the reason", async () => {
  const { user, office } = await openWindow();
  office.failures.set("setRead", officeError("not_connected", "There is no connection at the moment."));
  await user.click(get("bell"));
  await user.click((await shown("notification")).querySelector("[data-testid=mark-read]")!);
  await waitFor(() => expect(ids()).toHaveLength(4));
  await waitFor(() => expect(document.body.textContent).toContain("There is no connection at the moment."));
  expect(get("bell-count").dataset.count).toBe("4");
});

test("all at once", async () => {
  const { user, office } = await openWindow();
  await user.click(get("bell"));
  await user.click(await shown("mark-all-read"));
  await gone("bell-count");
  expect(office.unread).toEqual([]);
  expect(text(get("bell-list"))).toContain("You have read everything.");
});

test("a click opens what it is about, reads it, and leaves the focus there", async () => {
  const { user, office } = await openWindow();
  await user.click(get("bell"));
  await shown("notification");
  await user.click(row(402).querySelector("button")!);
  await shown("detail-panel", `[data-kind=job][data-id="${uuid(106)}"]`);
  await gone("bell-list");
  expect(office.last("setRead")).toEqual([[uuid(402)], true]);
  await waitFor(() => expect(document.activeElement?.id).toBe("detail-title"));
});

test("what has no screen is text without a button that does nothing", async () => {
  const { user } = await openWindow();
  await user.click(get("bell"));
  await shown("notification");
  const buttons = (n: number) =>
    [...row(n).querySelectorAll("button")].map((b) => b.getAttribute("aria-label") ?? text(b));
  expect(buttons(404)).toHaveLength(2);
  expect(buttons(401)).toEqual(["Show all", "Mark as read: Somebody tried a wrong password 12 times"]);
  await user.click(row(401).querySelector("button")!);
  expect(text(row(401))).toContain("if nobody of the office did this.");
});

test("what was read can be taken back", async () => {
  const { app, user, office } = await openWindow();
  await user.click(get("bell"));
  await shown("notification");
  await user.click(row(402).querySelector("[data-testid=mark-read]")!);
  await waitFor(() => expect(ids()).toHaveLength(3));
  expect(text(await shown("toast"))).toContain("1 alert marked as read");
  await app.undo.undo();
  await waitFor(() => expect(ids()).toEqual([401, 402, 403, 404].map(uuid)));
  await user.click(get("mark-all-read"));
  await gone("bell-count");
  await app.undo.undo();
  expect(office.unread).toHaveLength(4);
  await waitFor(() => expect(ids()).toHaveLength(4));
});

test("leads to the inbox", async () => {
  const { user } = await openWindow();
  await user.click(get("bell"));
  await user.click(await shown("all-alerts"));
  await shown("alerts");
  await gone("bell-list");
});

test("is live, and says what came", async () => {
  const { office } = await openWindow();
  office.unread = [notification(450, { title: "New estimate: Ann", priority: 5 }), ...office.unread];
  office.emit("notifications-changed", null);
  await waitFor(() => expect(get("bell-count").dataset.count).toBe("5"));
  await waitFor(() => expect(text(get("announcement"))).toContain("New alert: New estimate: Ann"));
});

test("what is read elsewhere closes here", async () => {
  const { user, office } = await openWindow();
  await user.click(get("bell"));
  await shown("notification");
  office.unread = office.unread.slice(1);
  office.emit("notifications-changed", null);
  await waitFor(() => expect(ids()).toHaveLength(3));
});

test("opens with n and closes with Escape, and the panel behind it stays", async () => {
  const { user } = await openWindow(new FakeOffice(), { hash: `#/today?open=estimate:${uuid(301)}` });
  await user.keyboard("n");
  await shown("bell-list");
  await user.keyboard("{Escape}");
  await gone("bell-list");
  await settle();
  expect(find("detail-panel")).not.toBeNull();
});

test("more than fit are counted", async () => {
  const office = new FakeOffice();
  office.unread = Array.from({ length: 4_321 }, (_, i) => notification(10_000 + i));
  const { user } = await openWindow(office);
  expect(text(get("bell-count"))).toBe("99+");
  await user.click(get("bell"));
  await waitFor(() => expect(all("notification")).toHaveLength(100));
  expect(text(get("bell-list"))).toContain("and 4,221 older ones");
  office.notifications = () => Promise.resolve({ unread: 10_000, items: [], more: true });
  office.emit("notifications-changed", null);
  await waitFor(() => expect(get("bell").getAttribute("aria-label")).toBe("Notifications, 9,999+ unread"));
});
