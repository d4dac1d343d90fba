import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import { FakeOffice } from "$/ipc/fake";

import { openWindow, settle, text } from "../../../../tests/window";
import { EVERY_JOB, PLAIN, readFilters } from "../filters";
import { chipsOf } from "./chips";
import { readView, viewText } from "./saved.svelte";
import { rangeWords } from "./words";

test("what narrows the schedule, in words, each with the way back", () => {
  const chips = chipsOf(
    {
      ...EVERY_JOB,
      text: " oak ",
      statuses: ["scheduled", "in_progress"],
      services: ["none"],
      crews: ["1", "2", "3"],
      weather: false,
      priority: 5,
      unassigned: true,
    },
    (id) => `Paving ${id}`,
  );
  expect(chips.map(({ words }) => words)).toEqual([
    "“oak”",
    "Scheduled or In progress",
    "No contract",
    "Paving 1 or 2 others",
    "Not weather-dependent",
    "Urgent only",
    "Nobody on it",
  ]);
  expect(chips[1]!.without).toEqual({ statuses: [] });
  expect(chipsOf(EVERY_JOB, String)).toEqual([]);
});

test("the days of the list in words", () => {
  const dates = (from: string | null, until: string | null) =>
    rangeWords({ range: "dates", from, until }, "2026-06-18");
  expect([
    rangeWords(PLAIN, "2026-06-18"),
    dates("2026-06-01", "2026-06-30"),
    dates("2026-06-01", "2026-06-01"),
    dates(null, "2025-06-30"),
  ]).toEqual(["From today", "Jun 1 – Jun 30", "Jun 1", "Until Jun 30, 2025"]);
});

describe("a saved view", () => {
  const filters = { ...PLAIN, date: "2026-06-15", unassigned: true };
  test("keeps its tab and its filters, and its date only when asked to", () => {
    expect(viewText("board", filters, false)).toBe("unassigned=1");
    const text = viewText("list", filters, true);
    expect(readView(text)).toEqual({ tab: "list", filters });
    expect(readView("tab=__proto__&zoom=year")).toEqual({ tab: "board", filters: PLAIN });
  });

  async function opened(hash: string) {
    const made = await openWindow(new FakeOffice(), { hash });
    await waitFor(() => expect(screen.getByTestId("saved-views")).toBeTruthy());
    return made;
  }

  test("is saved under a name, asked about before it is replaced, shown, deleted and undone", async () => {
    const { app, office, user } = await opened("#/schedule/month?unassigned=1&date=2026-07-01");
    await user.click(screen.getByTestId("saved-views"));
    await user.click(await screen.findByTestId("save-view"));
    await user.click(await screen.findByTestId("save-view-go"));
    expect(text(await screen.findByTestId("save-view-dialog"))).toContain("Give the view a name");
    await user.type(screen.getByLabelText("Name"), "Nobody on it");
    await user.click(screen.getByTestId("save-view-go"));
    await waitFor(() =>
      expect(office.last("saveView")).toEqual(["schedule", "Nobody on it", "tab=month&unassigned=1"]),
    );
    await waitFor(() => expect(text(screen.getByTestId("saved-views"))).toContain("Nobody on it"));

    // The same name again, spelled otherwise: not without asking.
    await user.click(screen.getByTestId("saved-views"));
    await user.click(await screen.findByTestId("save-view"));
    const name = await screen.findByLabelText("Name");
    await user.clear(name);
    await user.type(name, "NOBODY on it");
    await user.click(screen.getByTestId("save-view-go"));
    expect(text(screen.getByTestId("save-view-dialog"))).toContain("Saving replaces it");
    expect(office.count("saveView")).toBe(1);
    await user.keyboard("{Escape}");

    // Somewhere else, and back by the view: where the person is stays.
    app.router.part(null);
    app.schedule.setFilters({ ...EVERY_JOB, date: "2026-08-03" });
    await settle();
    await user.click(screen.getByTestId("saved-views"));
    await user.click(await screen.findByRole("button", { name: "Nobody on it" }));
    await waitFor(() => expect(app.schedule.tab).toBe("month"));
    expect(readFilters(app.router.route.filters)).toMatchObject({ unassigned: true, date: "2026-08-03" });

    await user.click(screen.getByTestId("saved-views"));
    await user.click(await screen.findByRole("button", { name: "Delete the view Nobody on it" }));
    await waitFor(() => expect(office.board.savedViews("schedule")).toEqual([]));
    await user.keyboard("{Escape}");
    await app.undo.undo();
    expect(office.board.savedViews("schedule")).toMatchObject([{ name: "Nobody on it" }]);
    await app.undo.redo();
    expect(office.board.savedViews("schedule")).toEqual([]);
  });

  test("chips take one thing away, and Clear filters all", async () => {
    const { app } = await opened("#/schedule/week?status=confirmed&clashing=1");
    await fireEvent.click(document.querySelector("[data-chip=statuses]")!);
    await waitFor(() => expect(app.schedule.filters).toMatchObject({ statuses: [], clashing: true }));
    await fireEvent.click(screen.getByTestId("filters-clear"));
    await waitFor(() => expect(screen.queryByTestId("filter-chips")).toBeNull());
    expect(app.router.route.filters).toBeUndefined();
  });

  test("what is typed asks once the hand rests; Back is not overwritten", async () => {
    const { app, user } = await opened("#/schedule/week");
    await user.type(screen.getByTestId("schedule-search"), "oak");
    expect(app.schedule.filters.text).toBe("");
    await waitFor(() => expect(app.schedule.filters.text).toBe("oak"));
    app.schedule.setFilters({ text: "" });
    await waitFor(() => expect((screen.getByTestId("schedule-search") as HTMLInputElement).value).toBe(""));
  });
});
