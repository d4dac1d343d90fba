import { expect, test } from "vitest";

import { FakeOffice, online, SAVED } from "$/ipc/fake";
import { LOCAL, manyConnections } from "$/ipc/fake-connections";

import { all, find, get, gone, openWindow, shown, text } from "../../../tests/window";

function many(): FakeOffice {
  const office = new FakeOffice();
  office.store.kept = manyConnections();
  return office;
}
const HASH = { hash: "#/settings/connections" };

test("each says what it is, where it is, and which one is in use", async () => {
  await openWindow(many(), HASH);
  await shown("connection");
  const rows = all("connection");
  expect(rows.map((row) => row.dataset.active)).toEqual(["true", "false", "false"]);
  expect(text(rows[0]!)).toContain("neff_paving_admin on office-server, as neff_app");
  expect(text(rows[1]!)).toContain("On this computer");
  expect(text(rows[2]!)).toContain("The password is not kept");
});

test("another one is used without leaving the screen", async () => {
  const { user, office } = await openWindow(many(), HASH);
  const row = await shown("connection", `[data-id="${LOCAL.id}"]`);
  await user.click(row.querySelector<HTMLElement>("[data-testid=connection-use]")!);
  await shown("connection", `[data-id="${LOCAL.id}"][data-active=true]`);
  expect([office.last("switchConnection"), find("today")]).toEqual([[LOCAL.id], null]);
});

test("forgetting asks once, and says that a local office's data stays", async () => {
  const { user, office } = await openWindow(many(), HASH);
  const row = await shown("connection", `[data-id="${LOCAL.id}"]`);
  const forget = () => row.querySelector<HTMLElement>("[data-testid=forget]")!;
  await user.click(forget());
  expect(document.activeElement).toBe(get("forget-keep"));
  expect(text(row)).toContain("stays on this computer with everything in it");
  await user.click(get("forget-keep"));
  expect([office.count("forgetConnection"), document.activeElement]).toEqual([0, forget()]);
  await user.click(forget());
  await user.click(get("forget-confirm"));
  await expect.poll(() => all("connection").length).toBe(2);
  expect(office.last("forgetConnection")).toEqual([LOCAL.id]);
});

test("forgetting the one in use leads to where another is chosen", async () => {
  const { user } = await openWindow(many(), HASH);
  const row = await shown("connection", `[data-id="${SAVED.id}"]`);
  await user.click(row.querySelector<HTMLElement>("[data-testid=forget]")!);
  await user.click(get("forget-confirm"));
  await shown("connect");
  expect(text(get("connect"))).toContain("Where do you want to work?");
  expect(find("bell")).toBeNull();
});

test("who is at work is said, and can be changed where nothing proves it", async () => {
  const { user, office } = await openWindow(new FakeOffice(), HASH);
  expect(text(await shown("who-i-am"))).toContain("it proves nothing");
  office.emit("connection-changed", { ...online(), person_is_proven: true });
  await gone("not-me");
  office.emit("connection-changed", online());
  await user.click(await shown("not-me"));
  await shown("who-are-you");
});
