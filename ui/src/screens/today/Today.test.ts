import { waitFor } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";

import { FakeOffice, officeError, online } from "$/ipc/fake";
import { emptyToday, fullToday, hostileToday, HOSTILE, hundredToday, jobCard, uuid } from "$/ipc/fake-data";

import { all, find, gate, get, gone, openWindow, settle, shown, text } from "../../../tests/window";
import { changedRows } from "./today.svelte";

function offline(office: FakeOffice) {
  office.emit("connection-changed", {
    kind: "offline",
    since: "2026-06-18T12:42:00Z",
    error: {
      code: "no_answer",
      message: "The office database does not answer.",
      field: null,
      details: "timed out",
    },
  });
}

async function changed(office: FakeOffice, change: (day: ReturnType<typeof fullToday>) => void) {
  const day = structuredClone(office.day);
  change(day);
  office.day = day;
  office.emit("today-changed", null);
}

describe("the morning", () => {
  test("shows jobs by crew, clashes, unassigned work, estimates and alerts", async () => {
    const mark = vi.spyOn(performance, "mark");
    await openWindow();
    expect(all("today-day").map((day) => day.dataset.date)).toEqual(["2026-06-18", "2026-06-19"]);
    const [today] = all("today-day");
    expect(text(today ?? null)).toContain("7 jobs");
    const card = get("job-card", `[data-id="${uuid(101)}"]`);
    expect(text(card)).toContain("Oak Ridge HOA");
    expect(text(card)).toContain("7:00 AM – 3:30 PM");
    expect(text(card)).toContain("Confirmed");
    expect(card.dataset.service).toBe("residential");
    const clash = get("clash");
    expect(text(clash)).toContain("Walmart #2210");
    expect(text(clash)).toContain("City of Elgin");
    expect(text(clash)).toContain("Ray Castillo");
    expect(text(get("unassigned"))).toContain("Marta Olszewski");
    expect(all("estimate-due").map((e) => e.dataset.overdue)).toEqual(["true", "true", "false", "false"]);
    expect(text(all("estimate-due")[0] ?? null)).toContain("$48,250");
    expect(text(all("estimate-due")[1] ?? null)).toContain("No price yet");
    expect(all("today-alert")).toHaveLength(4);
    expect(document.documentElement.dataset.ready).toBe("today");
    expect(mark).toHaveBeenCalledWith("today-ready");
  });

  test("in the office's zone, whatever this computer's is", async () => {
    const office = new FakeOffice();
    office.day = { ...fullToday(), zone: "America/Denver" };
    await openWindow(office);
    expect(text(get("job-card", `[data-id="${uuid(101)}"]`))).toContain("6:00 AM – 2:30 PM");
  });

  test("with nothing in it says so, once for each list", async () => {
    const office = new FakeOffice();
    office.day = emptyToday();
    await openWindow(office);
    expect(text(get("days"))).toContain("No jobs today.");
    expect(text(get("rail"))).toContain("Every job of the next 14 days has somebody on it.");
    expect(all("job-card")).toEqual([]);
  });

  test("counts exactly what its lists only begin", async () => {
    const office = new FakeOffice();
    const { days, ...hundred } = hundredToday();
    // The test's document is slow: some of each list is enough to count by.
    office.day = {
      ...hundred,
      days: days.map((day) => ({ ...day, shown: 10, crews: day.crews.slice(0, 1) })),
      clashes: hundred.clashes.slice(0, 5),
      unassigned: hundred.unassigned.slice(0, 5),
      estimates: hundred.estimates.slice(0, 20),
      alerts: hundred.alerts.slice(0, 5),
    };
    await openWindow(office);
    expect(all("estimate-due")).toHaveLength(20);
    expect(get("summary-estimates").dataset.count).toBe("212");
    expect(text(get("rail"))).toContain("and 192 more");
    expect(text(all("today-day")[0] ?? null)).toContain("and 302 more");
    expect(text(get("summary-clashes"))).toContain("1,204");
  });

  test("a service and a status nobody knows are shown in their own words", async () => {
    const office = new FakeOffice();
    office.day = {
      ...emptyToday(),
      unassigned: [jobCard(1, { service_type: "helipad", status: "on_hold" as never })],
      unassigned_count: 1,
    };
    await openWindow(office);
    expect(text(get("unassigned-job"))).toContain("Helipad");
    expect(text(get("unassigned-job"))).toContain("On hold");
  });
});

describe("what other people typed", () => {
  test("is text and nothing else", async () => {
    const office = new FakeOffice();
    office.day = hostileToday();
    office.unread = office.day.alerts;
    await openWindow(office);
    expect(document.querySelectorAll("img, iframe, script[src='x']")).toHaveLength(0);
    expect(document.title).toBe("Today – Neff Office");
    expect(document.body.textContent).toContain(HOSTILE[0]);
    expect(document.body.textContent).toContain("Smith & Sons <Lot 4>");
    // Ten thousand characters are not laid out a hundred times, and no mark reaches past its own element.
    expect(document.body.textContent).not.toContain("x".repeat(1_000));
    expect(document.body.textContent).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });

  test("the same id twice does not stop the screen", async () => {
    const office = new FakeOffice();
    const job = jobCard(1);
    office.day = { ...emptyToday(), unassigned: [job, job, job], unassigned_count: 3 };
    await openWindow(office);
    expect(all("unassigned-job")).toHaveLength(3);
  });
});

describe("live", () => {
  test("changes the row in place: same element, same focus, marked and announced", async () => {
    const { office } = await openWindow();
    const card = get("job-card", `[data-id="${uuid(105)}"]`);
    card.focus();
    await changed(office, (day) => {
      for (const crew of day.days[0]?.crews ?? [])
        for (const job of crew.jobs) if (job.id === uuid(105)) job.address = "9 New St";
    });
    await waitFor(() => expect(text(card)).toContain("9 New St"));
    expect(card.isConnected).toBe(true);
    expect(document.activeElement).toBe(card);
    expect(card.classList.contains("changed")).toBe(true);
    expect(get("job-card", `[data-id="${uuid(101)}"]`).classList.contains("changed")).toBe(false);
    await waitFor(() => expect(text(get("announcement"))).toContain("Today was updated: 1 change"));
  });

  test("the focus stays on its row when rows change places, and goes to the list when the row is gone", async () => {
    const { office } = await openWindow();
    const row = () => get("estimate-due", `[data-id="${uuid(304)}"]`);
    row().focus();
    await changed(office, (day) => void day.estimates.reverse());
    await waitFor(() => expect(all("estimate-due")[0]).toBe(row()));
    expect(document.activeElement).toBe(row());
    await changed(office, (day) => void day.estimates.shift());
    await waitFor(() => expect(find("estimate-due", `[data-id="${uuid(304)}"]`)).toBeNull());
    expect(document.activeElement).toBe(get("rail"));
  });

  test("many changes are few readings, never two at once, and the last one is on screen", async () => {
    const office = new FakeOffice();
    await openWindow(office);
    const before = office.count("today");
    const held = gate();
    office.gates.set("today", held.closed);
    for (let i = 0; i < 50; i++)
      await changed(office, (day) => void (day.estimates[0]!.customer_name = `Name ${i}`));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(office.count("today") - before).toBe(1);
    office.gates.delete("today");
    held.open();
    await waitFor(() => expect(text(all("estimate-due")[0] ?? null)).toContain("Name 49"));
    expect(office.count("today") - before).toBeLessThanOrEqual(2);
  });

  test("what differs is what changed", () => {
    const [before, after] = [fullToday(), fullToday()];
    expect(changedRows(before, after)).toEqual(new Set());
    after.estimates[0]!.status = "sent";
    after.unassigned.push(jobCard(777));
    expect(changedRows(before, after)).toEqual(new Set([`estimate:${uuid(302)}`, `job:${uuid(777)}`]));
  });
});

describe("when the database does not answer", () => {
  test("a banner says since when, what was there stays, and Try now tries", async () => {
    vi.setSystemTime(new Date("2026-06-18T13:00:00Z"));
    const { office, user } = await openWindow();
    offline(office);
    const banner = await shown("offline-banner");
    vi.useRealTimers();
    expect(text(banner)).toContain(
      "The office database has not answered since 7:42 AM. Trying again by itself.",
    );
    expect(all("job-card").length).toBeGreaterThan(5);
    expect(get("connection-dot").dataset.state).toBe("offline");
    const readings = office.count("today");
    await user.click([...banner.querySelectorAll("button")].find((b) => text(b) === "Try now")!);
    await gone("offline-banner");
    expect(office.count("reconnect")).toBe(1);
    await waitFor(() => expect(office.count("today")).toBeGreaterThan(readings));
  });

  test("a reading that fails leaves what was there, says so, and can be repeated", async () => {
    const { office, user } = await openWindow();
    office.failures.set("today", officeError("internal", "The database took too long, so it was stopped."));
    office.emit("today-changed", null);
    const error = await shown("error");
    expect(text(error)).toContain("what you see is from 6:31 AM");
    expect(text(error)).toContain("took too long");
    expect(all("job-card").length).toBeGreaterThan(5);
    office.failures.clear();
    await user.click([...error.querySelectorAll("button")].find((b) => text(b) === "Try again")!);
    await gone("error");
  });

  test("the details to copy hold the code and the computer, and no customer", async () => {
    const { app } = await openWindow();
    const copied = app.details(officeError("internal", "It broke.", { details: "relation does not exist" }));
    expect(copied).toContain("internal: It broke.");
    expect(copied).toContain("FRONT-DESK");
    expect(copied).toContain("relation does not exist");
    expect(copied).not.toContain("Oak Ridge");
  });
});

describe("opening a record", () => {
  test("shows an estimate with everything, without a price as such", async () => {
    const { user } = await openWindow();
    await user.click(get("estimate-due", `[data-id="${uuid(301)}"]`));
    const panel = await shown("detail-panel", `[data-kind=estimate][data-id="${uuid(301)}"]`);
    await waitFor(() => expect(text(panel)).toContain("(630) 555-0142"));
    for (const part of [
      "No price yet",
      "dorothy.kessler@example.com",
      "about 1,400 sq ft",
      "before the Fourth of July",
      "Prefers a call after 4 PM.",
    ])
      expect(text(panel)).toContain(part);
    expect(location.hash).toBe(`#/today?open=estimate:${uuid(301)}`);
  });

  test("shows a job with its people, the other job of a clash, unknown names and its history", async () => {
    const { user } = await openWindow();
    await user.click(get("job-card", `[data-id="${uuid(105)}"]`));
    const panel = await shown("detail-panel", "[data-kind=job]");
    await waitFor(() => expect(all("unknown-name")).toHaveLength(2));
    expect(text(panel)).toContain("Big Bob unknown");
    expect(text(panel)).toMatch(/Changed the crew\s*Dana Neff.*“Tomas is out sick”/);
    await user.click(get("other-job"));
    await shown("detail-panel", `[data-id="${uuid(101)}"]`);
  });

  test("takes the focus, and gives it back on Escape to the same row though it was drawn anew", async () => {
    const { user, office } = await openWindow();
    const row = () => get("estimate-due", `[data-id="${uuid(303)}"]`);
    row().focus();
    await user.keyboard("{Enter}");
    await shown("detail-panel");
    expect(document.activeElement?.id).toBe("detail-title");
    await changed(office, (day) => void day.estimates.reverse());
    await settle();
    await user.keyboard("{Escape}");
    await gone("detail-panel");
    await waitFor(() => expect(document.activeElement).toBe(row()));
    expect(location.hash).toBe("#/today");
  });

  test("follows changes while it is open", async () => {
    const { user, office } = await openWindow();
    await user.click(get("estimate-due", `[data-id="${uuid(301)}"]`));
    const panel = await shown("detail-panel");
    await waitFor(() => expect(text(panel)).toContain("No price yet"));
    await changed(office, (day) => void (day.estimates[2]!.estimated_cost = "6400.00"));
    await waitFor(() => expect(text(panel)).toContain("$6,400"));
  });

  test("that is gone says so", async () => {
    const office = new FakeOffice();
    office.failures.set("estimate", officeError("not_found", "This estimate is not there any more."));
    await openWindow(office, { hash: `#/today?open=estimate:${uuid(9)}` });
    expect(text(await shown("error"))).toContain("not there any more");
  });

  test("a popup that was clicked opens it, from any screen", async () => {
    const { office } = await openWindow(new FakeOffice(), { hash: "#/connect" });
    office.emit("open-record", { kind: "estimate", id: uuid(301) });
    await shown("detail-panel", `[data-id="${uuid(301)}"]`);
    office.emit("open-record", { kind: "alert", id: uuid(401) });
    await shown("bell-list");
  });
});

describe("waiting", () => {
  test("shows nothing at first, then outlines, never for a screen that has something", async () => {
    const office = new FakeOffice();
    const held = gate();
    office.gates.set("today", held.closed);
    await openWindow(office);
    const outlines = () => document.querySelector('[aria-label="Reading today\'s work"]');
    expect(outlines()).toBeNull();
    await waitFor(() => expect(outlines()).not.toBeNull());
    held.open();
    await shown("summary");
    office.gates.set("today", gate().closed);
    office.emit("today-changed", null);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(outlines()).toBeNull();
    expect(all("job-card").length).toBeGreaterThan(5);
  });
});

describe("the shell", () => {
  test("remembers a hidden sidebar and a chosen theme", async () => {
    const { user } = await openWindow();
    expect(get("sidebar").dataset.collapsed).toBe("false");
    await user.keyboard("{Control>}b{/Control}");
    expect(get("sidebar").dataset.collapsed).toBe("true");
    const { theme } = document.documentElement.dataset;
    await user.click(get("theme-toggle"));
    expect(document.documentElement.dataset.theme).not.toBe(theme);
    expect([localStorage.getItem("neff-office.sidebar"), localStorage.getItem("neff-office.theme")]).toEqual([
      "collapsed",
      document.documentElement.dataset.theme,
    ]);
    // Back to what the system says: from then on it follows the system again.
    await user.click(get("theme-toggle"));
    expect(localStorage.getItem("neff-office.theme")).toBeNull();
  });

  test("r reads again, but not while somebody types", async () => {
    const { user, office } = await openWindow();
    const before = office.count("today");
    await user.keyboard("r");
    await waitFor(() => expect(office.count("today")).toBe(before + 1));
    await user.keyboard("gc");
    await user.click(await shown("add-server"));
    await user.click(await shown("connect-host"));
    await user.keyboard("rgt");
    expect(find("connect")).not.toBeNull();
    expect(office.count("today")).toBe(before + 1);
  });

  test("another office's day is not shown in this one's", async () => {
    const { office } = await openWindow();
    office.gates.set("today", gate().closed);
    office.emit("connection-changed", {
      ...online(),
      connection_id: uuid(9),
      server: "elsewhere",
      database: "other",
    });
    await settle();
    expect(all("job-card")).toEqual([]);
  });
});
