import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice, officeError, online } from "$/ipc/fake";
import { LOCAL, manyConnections } from "$/ipc/fake-connections";

import { find, get, openWindow, shown, text } from "../../tests/window";

async function opened(change: (office: FakeOffice) => void = () => undefined) {
  const office = new FakeOffice();
  office.store.kept = manyConnections();
  change(office);
  const it = await openWindow(office);
  await it.user.click(get("connection-dot"));
  await shown("menu-item", "[data-id=reconnect]");
  return it;
}

test("says who is at work and how sure that is", async () => {
  await opened();
  expect(text(get("menu-item", "[data-id=who]"))).toBe(
    "Dana Neff As said on this computer: the login is shared, so it proves nothing.",
  );
});

test("offers “Not me” only where nothing proves it", async () => {
  await opened((office) => (office.state = { ...online(), person_is_proven: true }));
  expect(text(get("menu-item", "[data-id=who]"))).toContain("Your own login shows it.");
  expect(find("menu-item", "[data-id=not-me]")).toBeNull();
});

test("another connection is one click away, and what was shown of the first is gone", async () => {
  const { user, office } = await opened();
  await user.click(get("menu-item", `[data-id="${LOCAL.id}"]`));
  await waitFor(() => expect(office.last("switchConnection")).toEqual([LOCAL.id]));
  await waitFor(() => expect(office.count("today")).toBeGreaterThan(1));
});

test("one whose password is not known leads to where it is typed", async () => {
  const { user, app } = await opened((office) =>
    office.failures.set("switchConnection", officeError("wrong_password", "The password is needed.")),
  );
  await user.click(get("menu-item", `[data-id="${LOCAL.id}"]`));
  await waitFor(() => expect(app.router.route).toMatchObject({ screen: "connect", tab: LOCAL.id }));
});
