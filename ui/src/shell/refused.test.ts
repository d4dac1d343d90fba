import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { ConnectionState } from "$/ipc/client";
import { FakeOffice } from "$/ipc/fake";
import { manyConnections } from "$/ipc/fake-connections";

import { openWindow } from "../../tests/window";

const refused: (ConnectionState & { kind: "offline" })["error"] = {
  code: "wrong_password",
  message: "The login or its password is wrong. Type the password again.",
  field: null,
  details: null,
};

test("a refused login asks for the password, and nothing of the office stays in sight", async () => {
  const office = new FakeOffice();
  office.store.kept = manyConnections();
  const { app } = await openWindow(office);
  await waitFor(() => expect(app.today.data).not.toBeNull());
  const asked = office.count("offlineCopy");
  const state = { kind: "offline" as const, since: "2026-06-08T12:00:00Z", error: refused };
  office.state = state;
  office.emit("connection-changed", state);
  const active = office.store.kept.find((one) => one.active)!;
  await waitFor(() => expect(app.router.route).toMatchObject({ screen: "connect", tab: active.id }));
  expect(app.today.data).toBeNull();
  expect(app.connection.copy).toBeNull();
  expect(office.count("offlineCopy")).toBe(asked);

  // Without an answer at all the copy is shown, as before.
  const gone = { ...state, error: { ...refused, code: "no_answer" as const } };
  office.state = gone;
  office.emit("connection-changed", gone);
  await waitFor(() => expect(office.count("offlineCopy")).toBeGreaterThan(asked));
});
