import { screen, waitFor } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import { FakeOffice } from "$/ipc/fake";

import { openWindow, settle, text } from "../../../../tests/window";

async function opened(hash: string) {
  const office = new FakeOffice();
  const { items } = office.board.scheduleClashes();
  const made = await openWindow(office, { hash });
  const next = async () => {
    const before = office.count("scheduleClashes");
    made.app.registry.run("schedule.nextClash");
    await waitFor(() => expect(office.count("scheduleClashes")).toBe(before + 1));
    await settle();
  };
  const shown = () => made.app.router.route.open?.id;
  return { ...made, items, next, shown };
}

describe("from clash to clash", () => {
  test("each press goes to the next one, with its day and its record, and round again", async () => {
    const { app, items, next, shown } = await opened("#/schedule/week?date=2026-01-05");
    expect(items.length).toBeGreaterThan(1);
    const seen: (string | undefined)[] = [];
    for (let i = 0; i < items.length + 1; i++) {
      await next();
      await waitFor(() => expect(shown()).toBe(items[i % items.length]!.job.id));
      await waitFor(() => expect(app.schedule.selection.has(shown()!)).toBe(true));
      seen.push(shown());
    }
    expect(seen).toEqual([...items.map(({ job }) => job.id), items[0]!.job.id]);
    expect(app.schedule.job(shown()!)).not.toBeNull();
  });
  test("filters that hide it are cleared, and it says so", async () => {
    const { app, next } = await opened("#/schedule/month?text=zebra");
    await next();
    await waitFor(() => expect(app.schedule.filters.text).toBe(""));
  });
  test("out of the list it leads to where it can be seen", async () => {
    const { app, next } = await opened("#/schedule/list");
    await next();
    await waitFor(() => expect(app.schedule.tab).toBe("board"));
  });
  test("when the last one is solved, the pill is gone and the key says so", async () => {
    const { app, office, next } = await opened("#/schedule/week");
    await waitFor(() => expect(text(screen.getByTestId("clash-pill"))).toContain("clashes"));
    office.board.jobs = [];
    office.emit("schedule-changed", null);
    await waitFor(() => expect(screen.queryByTestId("clash-pill")).toBeNull());
    await next();
    expect(app.announcer.polite).toContain("no clashes");
  });
});
