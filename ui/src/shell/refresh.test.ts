import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { openWindow } from "../../tests/window";

test("Refresh reads the people and machines again, too", async () => {
  const { app, office } = await openWindow(undefined, { hash: "#/crew" });
  await waitFor(() => expect(app.crew.roster).not.toBeNull());
  const asked = office.count("roster");
  app.registry.run("refresh");
  await waitFor(() => expect(office.count("roster")).toBe(asked + 1));
});
