import { screen, waitFor } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";

import { openWindow, text } from "../../../../tests/window";

async function opened(hash = "#/schedule/week") {
  const made = await openWindow(new FakeOffice(), { hash });
  await waitFor(() => expect(made.app.schedule.data).not.toBeNull());
  return made;
}

/** Toasts of other tests may still be there. */
const toast = (words: string) =>
  waitFor(() => expect(screen.getAllByTestId("toast").some((one) => text(one)?.includes(words))).toBe(true));

test("tomorrow's day sheets of all crews are two keys away", async () => {
  const { office, user } = await opened();
  await user.keyboard("{Control>}p{/Control}");
  await screen.findByTestId("paper-dialog");
  await user.click(screen.getByTestId("paper-make"));
  await waitFor(() => expect(office.last("openDaySheet")).toEqual(["2026-06-19", []]));
  await toast("Day sheets for Friday, June 19");
  await waitFor(() => expect(screen.queryByTestId("paper-dialog")).toBeNull());
});

test("of some crews only, and never of none", async () => {
  const { app, office, user } = await opened();
  app.registry.run("schedule.weekPlan");
  await screen.findByTestId("paper-dialog");
  const [first] = app.schedule.data!.crews;
  await user.click(screen.getByRole("button", { name: "None" }));
  await user.click(screen.getByTestId("paper-make"));
  expect(office.count("openWeekPlan")).toBe(0);
  expect(text(screen.getByTestId("paper-dialog"))).toContain("Choose at least one crew");
  await user.click(screen.getByRole("checkbox", { name: first!.name }));
  await user.click(screen.getByTestId("paper-make"));
  await waitFor(() => expect(office.last("openWeekPlan")).toEqual(["2026-06-15", [first!.id]]));
});

test("the spreadsheet is the list as it is narrowed and sorted, and says where it is", async () => {
  const { app, office } = await opened(
    "#/schedule/list?sort=customer&desc=1&group=crew&range=week&unassigned=1",
  );
  app.registry.run("schedule.spreadsheet");
  await waitFor(() =>
    expect(office.last("exportJobs")?.[0]).toMatchObject({
      ...{ from: "2026-06-15", until: "2026-06-22", group: "crew", sort: "customer", descending: true },
      ...{ after: null, filter: expect.objectContaining({ unassigned: true }) },
    }),
  );
  await toast("schedule.csv");
});

test("what did not work stays on screen, and the dialog with it", async () => {
  const { app, office, user } = await opened();
  office.failures.set("exportCalendar", officeError("disk_full", "There is no room on this disk."));
  app.registry.run("schedule.calendarFile");
  await screen.findByTestId("paper-dialog");
  await user.click(screen.getByTestId("paper-make"));
  await toast("There is no room on this disk.");
  expect(screen.getByTestId("paper-dialog")).toBeTruthy();
});

test("papers are made of the copy on this computer, too", async () => {
  const office = new FakeOffice();
  office.board.copyAsOf = "2026-06-18T12:42:00Z";
  const { app, user } = await openWindow(office, { hash: "#/schedule/week" });
  await waitFor(() => expect(app.schedule.writable).toBe(false));
  app.registry.run("schedule.daySheets");
  await user.click(await screen.findByTestId("paper-make"));
  await waitFor(() => expect(office.count("openDaySheet")).toBe(1));
});
