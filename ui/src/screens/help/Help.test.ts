import { waitFor } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";

import { FakeOffice, officeError, unconfigured } from "$/ipc/fake";
import { SCREENS } from "$/shell/screens";

import { get, gone, openWindow, settle, shown, text } from "../../../tests/window";
import { topicOf } from "./topics";

test("says who helps, and copies what they need", async () => {
  const { user } = await openWindow(new FakeOffice(), { hash: "#/help" });
  await waitFor(() => expect(text(get("help-report"))).toContain("Ben Neff"));
  const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  const copy = [...get("help-report").querySelectorAll("button")].find((one) =>
    text(one).includes("details for support"),
  )!;
  await user.click(copy);
  await waitFor(() => expect(write).toHaveBeenCalledOnce());
  expect(write.mock.calls[0]?.[0]).toContain("PostgreSQL 15.18");
  expect(write.mock.calls[0]?.[0]).not.toContain("Dana");
});

test("the log is saved where the person says, and a failure says why", async () => {
  const office = new FakeOffice();
  const { user } = await openWindow(office, { hash: "#/help" });
  await user.click(await shown("export-log"));
  await waitFor(() => expect(office.count("exportLogs")).toBe(1));
  await settle();
  office.failures.set("exportLogs", officeError("disk_full", "There is no room for the file."));
  await user.click(get("export-log"));
  expect(text(await shown("error"))).toContain("Empty the trash");
});

test("is there before anything is connected", async () => {
  const { user } = await openWindow(unconfigured());
  await user.click(get("nav-help"));
  expect(text(await shown("help-report"))).toContain("Nobody is entered yet.");
});

test("“What’s this?” explains the screen that is shown, and closes when one goes on", async () => {
  const { user, app } = await openWindow();
  await user.click(get("whats-this"));
  expect(text(await shown("whats-this-sheet"))).toContain("Double bookings");
  app.router.screen("settings", "me");
  await gone("whats-this-sheet");
  await user.click(get("whats-this"));
  expect(text(await shown("whats-this-sheet"))).toContain("Quiet hours");
});

test("every screen has something of its own to say", () => {
  for (const [screen, title] of Object.entries(SCREENS)) expect(topicOf(screen, null).title).toBe(title);
});
