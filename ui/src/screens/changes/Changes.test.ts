import { waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";
import { uuid } from "$/ipc/fake-data";

import { all, find, get, openWindow, shown, text } from "../../../tests/window";

async function openChanges(office = new FakeOffice()) {
  const opened = await openWindow(office, { hash: "#/changes" });
  await waitFor(() => expect(get("changes").children.length).toBeGreaterThan(1));
  return opened;
}
const row = (n: number) => get("change", `[data-id="${uuid(30_000 + n)}"]`);
const within = (n: number, testid: string) => row(n).querySelector<HTMLElement>(`[data-testid="${testid}"]`)!;

test("says who did what, where from and why, with both values", async () => {
  const { user } = await openChanges();
  await shown("change");
  expect(text(get("changes-list"))).toMatch(/^Today/);
  const words = text(row(2));
  for (const word of [
    "Company settings changed",
    "Tom Neff",
    "in the office, on TOMS-LAPTOP",
    "Summer hours",
  ])
    expect(words).toContain(word);
  expect(text(row(1))).toContain("Calendly");
  expect(text(row(5))).toContain("through another program");
  await user.click(within(2, "change-expand"));
  const detail = text(within(2, "change-detail"));
  for (const word of ["own login", "Work starts", "07:00", "06:00", "(630) 555-0199", "(630) 555-0100"])
    expect(detail).toContain(word);
  expect(within(2, "change-expand").getAttribute("aria-expanded")).toBe("true");
});

test("hostile text is text", async () => {
  const { user } = await openChanges();
  await shown("change");
  await user.click(within(4, "change-expand"));
  await user.click(within(5, "change-expand"));
  expect(document.querySelectorAll("[data-testid=changes] img")).toHaveLength(0);
  expect(text(within(4, "change-detail"))).toContain("<img src=x onerror=alert(1)>");
  expect(get("changes").textContent).not.toContain("\u202e");
});

test("a line is undone, and done again with Ctrl+Shift+Z", async () => {
  const { user, office } = await openChanges();
  await shown("change");
  await user.click(within(0, "change-undo"));
  await waitFor(() => expect(text(row(0))).toContain("undone"));
  expect(office.last("undoChange")).toEqual([uuid(30_000)]);
  // The newest line is the undoing.
  await waitFor(() => expect(text(all("change")[0]!)).toContain("takes back a change"));
  expect(text(get("announcement"))).toContain("Undone: Notes of the estimate of Dorothy Kessler changed");
  await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
  await waitFor(() => expect(office.count("undoChange")).toBe(2));
});

test("what cannot be undone says why and is not tried", async () => {
  const { user, office } = await openChanges();
  await shown("change");
  const button = within(1, "change-undo");
  expect([button.getAttribute("aria-disabled"), text(row(1))]).toEqual([
    "true",
    expect.stringContaining("Jobs are moved on the schedule."),
  ]);
  await user.click(button);
  expect(office.count("undoChange")).toBe(0);
});

test("mine, and what is searched for, on the server and in the route", async () => {
  const { user, office } = await openChanges();
  await shown("change");
  await user.click(get("changes-whose").querySelector("[data-value=mine]")!);
  await waitFor(() => expect(office.last("recentChanges")?.[0]).toMatchObject({ mine: true }));
  await user.type(get("changes-search"), "zzz");
  await shown("nothing-matches");
  expect(location.hash).toBe("#/changes?mine=yes&q=zzz");
  await user.click(get("nothing-matches").querySelector("button")!);
  await shown("change");
  expect(location.hash).toBe("#/changes");
});

test("is live, reads on, and says when it could not be read", async () => {
  const { office, user } = await openChanges();
  await shown("change");
  office.changes.add(
    "Priya Raman",
    "Office phone changed",
    null,
    [],
    () => {},
    () => {},
  );
  office.emit("changes-changed", null);
  await waitFor(() => expect(text(all("change")[0]!)).toContain("Priya Raman"));
  const list = get("changes-list");
  for (let i = 0; i < 4; i++) {
    list.scrollTop += 4_000;
    list.dispatchEvent(new Event("scroll"));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await waitFor(() =>
    expect(
      office.calls
        .filter((c) => c.name === "recentChanges")
        .some((c) => (c.args[0] as { after: unknown }).after),
    ).toBe(true),
  );
  office.failures.set("recentChanges", officeError("internal", "The database took too long."));
  office.emit("changes-changed", null);
  expect(text(await shown("load-error"))).toContain("The database took too long.");
  office.failures.clear();
  await user.click(get("load-error").querySelector("button")!);
  await waitFor(() => expect(find("load-error")).toBeNull());
});

test("arrows go from change to change, and its record opens beside it", async () => {
  const { user } = await openChanges();
  await shown("change");
  within(0, "change-expand").focus();
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}{ArrowUp}");
  await waitFor(() => expect(document.activeElement).toBe(within(0, "change-expand")));
  await user.keyboard("{Enter}");
  await user.click(within(0, "change-open"));
  await shown("detail-panel", `[data-kind=estimate][data-id="${uuid(301)}"]`);
});
