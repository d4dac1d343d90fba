import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice } from "$/ipc/fake";
import { PERSON } from "$/ipc/fake-connections";

import { find, get, gone, openWindow, shown, text } from "../../../tests/window";

test("that it is the copy is said once, and what it lacks besides", async () => {
  const office = new FakeOffice();
  office.board.copyAsOf = "2026-06-18T12:42:00Z";
  const { app } = await openWindow(office, { hash: "#/schedule" });
  expect(text(await shown("copy-note"))).toContain("As of 7:42 AM.");
  office.board.copy = {
    ...{ as_of: office.board.copyAsOf, person: PERSON, jobs: 1 },
    ...{ from: "2026-05-18T05:00:00Z", until: "2026-08-18T05:00:00Z" },
  };
  office.emit("connection-changed", {
    kind: "offline",
    since: "2026-06-18T12:42:00Z",
    error: { code: "no_answer", message: "It does not answer.", field: null, details: null },
  });
  await waitFor(() => expect(text(get("offline-banner"))).toMatch(/copy on this computer, as of .*7:42 AM/));
  await gone("copy-note");
  expect(find("read-only-note")).toBeNull();
  office.board.copyAhead = 0;
  app.refresh();
  expect(text(await shown("copy-note"))).toBe("It ends on Wed, Jun 17; what comes after is not in it.");
  expect(get("copy-note").getAttribute("role")).toBe("status");
});
