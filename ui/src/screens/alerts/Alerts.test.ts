import { waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";
import { notification, uuid } from "$/ipc/fake-data";
import { HOSTILE_ALERTS, manyUnread } from "$/ipc/fake-inbox";

import { all, find, gate, get, gone, openWindow, settle, shown, text } from "../../../tests/window";

const ids = () => all("alert").map((row) => row.dataset.id);
const row = (n: number) => get("alert", `[data-id="${uuid(n)}"]`);
const at = () => get("alerts-list").getAttribute("aria-activedescendant")?.replace("alert-", "");

async function openInbox(change: (office: FakeOffice) => void = () => undefined, hash = "#/alerts") {
  const office = new FakeOffice();
  change(office);
  const opened = await openWindow(office, { hash });
  await waitFor(() =>
    expect(all("alert").length + (find("alerts")?.children.length ?? 0)).toBeGreaterThan(1),
  );
  return opened;
}

beforeEach(() => void vi.restoreAllMocks());

describe("the list", () => {
  test("says of each how urgent it is, of what kind, when, and until when", async () => {
    await openInbox((office) => {
      office.unread = [
        notification(1, {
          alert_type: "weather_hold",
          priority: 5,
          created_at: office.day.as_of,
          expires_at: new Date(Date.parse(office.day.as_of) + 2 * 3_600_000).toISOString(),
        }),
      ];
    });
    const words = text(await shown("alert"));
    for (const word of ["Unread", "Urgent", "Weather hold", "expires in 2 h", "just now"])
      expect(words).toContain(word);
    expect(row(1).querySelector("time")?.title).toMatch(/^Thursday, June 18, 2026, /);
  });

  test("asks for what the filters say, keeps them in the route, and comes back to them", async () => {
    const { user, office } = await openInbox((o) => (o.unread = manyUnread(30)));
    await user.click(get("alerts-show").querySelector("[data-value=all]")!);
    await waitFor(() => expect(office.last("inbox")?.[0]).toMatchObject({ show: "all", after: null }));
    await user.type(get("alerts-search"), "kessler");
    await waitFor(() => expect(office.last("inbox")?.[0]).toMatchObject({ search: "kessler" }));
    expect(location.hash).toBe("#/alerts?show=all&q=kessler");
    await user.click(get("alerts-kinds"));
    await user.click(
      await waitFor(() => document.querySelector<HTMLElement>("[role=menuitemcheckbox]") ?? Promise.reject()),
    );
    await waitFor(() => expect((office.last("inbox")?.[0] as { types: string[] }).types).toHaveLength(1));
    await user.keyboard("{Escape}");
    await user.click(get("nav-today"));
    await shown("today");
    await user.click(get("nav-alerts"));
    await shown("alerts");
    expect((get("alerts-search") as HTMLInputElement).value).toBe("kessler");
  });

  test("ten thousand rows are a few in the document, read on as they are needed", async () => {
    const { office } = await openInbox((o) => (o.unread = manyUnread(10_000)));
    await shown("alert");
    expect(all("alert").length).toBeLessThan(60);
    expect(office.calls.filter((call) => call.name === "inbox").length).toBeLessThan(4);
    const list = get("alerts-list");
    for (let i = 0; i < 5; i++) {
      list.scrollTop += 5_000;
      list.dispatchEvent(new Event("scroll"));
      await settle();
    }
    await waitFor(() =>
      expect(Number(all("alert").at(-1)!.getAttribute("aria-rowindex"))).toBeGreaterThan(300),
    );
    expect(all("alert").length).toBeLessThan(60);
  });

  test("hostile text is text", async () => {
    await openInbox((o) => {
      o.unread = HOSTILE_ALERTS.map((title, i) =>
        notification(i, { title, message: title, alert_type: title }),
      );
    });
    await shown("alert");
    expect(document.querySelectorAll("[data-testid=alerts] img")).toHaveLength(0);
    expect(text(row(0))).toContain("<img src=x onerror=alert(1)>");
    expect(get("alerts").textContent).not.toContain("\u202e");
  });

  test("nothing to read and nothing that matches are different things", async () => {
    const { user } = await openInbox((o) => (o.unread = []));
    expect(text(await shown("alerts-all-read"))).toContain("All read");
    await user.type(get("alerts-search"), "zzz");
    await user.click((await shown("nothing-matches")).querySelector("button")!);
    await shown("alerts-all-read");
  });

  test("what cannot be read says so and can be tried again; what is there stays", async () => {
    const { user, office } = await openInbox((o) =>
      o.failures.set("inbox", officeError("internal", "The database took too long.")),
    );
    const error = await shown("load-error");
    expect(text(error)).toContain("The database took too long.");
    office.failures.clear();
    await user.click(error.querySelector("button")!);
    await shown("alert");
    office.failures.set("inbox", officeError("internal", "The database took too long."));
    office.emit("notifications-changed", null);
    await shown("load-error");
    expect(all("alert")).toHaveLength(4);
  });

  test("shows nothing for a moment, then that it is reading", async () => {
    const { closed, open } = gate();
    const { office } = await openInbox((o) => o.gates.set("inbox", closed));
    expect(document.querySelector("[aria-label=Loading]")).toBeNull();
    await waitFor(() => expect(document.querySelector("[aria-label=Loading]")).not.toBeNull());
    open();
    office.gates.clear();
    await shown("alert");
  });
});

describe("by keyboard", () => {
  test("j and k go through it, e reads, u takes that back, Enter opens", async () => {
    const { user, office } = await openInbox();
    await shown("alert");
    const order = ids();
    await user.keyboard("j");
    expect(at()).toBe(order[0]);
    await user.keyboard("jjk");
    expect(at()).toBe(order[1]);
    await user.keyboard("e");
    await waitFor(() => expect(ids()).not.toContain(order[1]));
    expect([office.last("setRead"), at()]).toEqual([[[order[1]], true], order[2]]);
    expect(document.activeElement).toBe(get("alerts-list"));
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(ids()).toEqual(order));
    expect(office.last("setRead")).toEqual([[order[1]], false]);
    await user.keyboard("{Home}{ArrowDown}{Enter}");
    const panel = await shown("detail-panel");
    expect(panel.dataset.id).toBe(office.unread.concat(office.archive).find((n) => n.id === at())?.about?.id);
    // Read, and where it was.
    await waitFor(() => expect(get("alert", `[data-id="${at()}"]`).dataset.read).toBe("true"));
    await user.keyboard("{Escape}");
    await gone("detail-panel");
    expect(document.activeElement).toBe(get("alerts-list"));
    await user.keyboard("u");
    await waitFor(() => expect(get("alert", `[data-id="${at()}"]`).dataset.read).toBe("false"));
  });

  test("a range is chosen with Shift and marked as one step", async () => {
    const { user, office } = await openInbox((o) => (o.unread = manyUnread(20)));
    await shown("alert");
    const order = ids();
    await user.keyboard("j{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    expect(text(get("alerts-selected"))).toContain("3 selected");
    await user.keyboard("{Shift>}{ArrowUp}{/Shift}{ArrowDown}{ArrowDown}{ArrowDown} ");
    expect(text(get("alerts-selected"))).toContain("3 selected");
    await user.click(get("selected-read"));
    const marked = [order[0], order[1], order[4]];
    expect(office.last("setRead")).toEqual([marked, true]);
    await waitFor(() => expect(ids().slice(0, 2)).toEqual([order[2], order[3]]));
    expect(text(await shown("toast"))).toContain("3 alerts marked as read");
    await user.click(get("toast-undo"));
    await waitFor(() => expect(ids()).toEqual(order));
  });

  test("r reads, but after g it goes to Recent changes", async () => {
    const { user, office } = await openInbox();
    await shown("alert");
    await user.keyboard("jgr");
    await shown("changes");
    expect(office.count("setRead")).toBe(0);
    await user.keyboard("ga");
    await shown("alert");
    await user.keyboard("jr");
    await waitFor(() => expect(office.count("setRead")).toBe(1));
  });

  test("letters can be turned off, and leave the search alone", async () => {
    const { app, user, office } = await openInbox();
    await shown("alert");
    await user.click(get("alerts-search"));
    await user.keyboard("jeux");
    expect(office.count("setRead")).toBe(0);
    app.registry.setLetters(false);
    get("alerts-list").focus();
    await user.keyboard("er");
    expect(office.count("setRead")).toBe(0);
  });
});

describe("marking", () => {
  test("everything the filter shows, and everything comes back", async () => {
    const { app, user, office } = await openInbox((o) => (o.unread = manyUnread(450)));
    await shown("alert");
    await user.click(get("alerts-mark-all"));
    await shown("alerts-all-read");
    // One in nine has expired, and is not shown.
    expect(office.unread).toHaveLength(50);
    await waitFor(() => expect(document.body.textContent).toContain("400 alerts marked as read"));
    await app.undo.undo();
    expect(office.unread).toHaveLength(450);
    await waitFor(() => expect(all("alert").length).toBeGreaterThan(10));
  });

  test("read, unread and read again faster than it is answered: the last one counts", async () => {
    const { app, office } = await openInbox();
    await shown("alert");
    const item = app.inbox.rows[0]!;
    const { closed, open } = gate();
    office.late.set("setRead", closed);
    const first = app.reading.set([item], true, { quiet: true });
    const then = app.reading.set([{ ...item, is_read: true }], false, { quiet: true });
    const last = app.reading.set([item], true, { quiet: true });
    await settle();
    expect(ids()).not.toContain(item.id);
    office.late.clear();
    open();
    await Promise.all([first, then, last]);
    expect(office.calls.filter((c) => c.name === "setRead").map((c) => c.args[1])).toEqual([
      true,
      false,
      true,
    ]);
    expect(office.archive.some((one) => one.id === item.id && one.is_read)).toBe(true);
    await app.inbox.refresh();
    expect(ids()).not.toContain(item.id);
    expect(
      app.notifications.leaving.has(item.id) || !app.notifications.items.some((n) => n.id === item.id),
    ).toBe(true);
  });

  test("what was refused is back, with the reason", async () => {
    const { user, office } = await openInbox();
    await shown("alert");
    const order = ids();
    office.failures.set("setRead", officeError("not_connected", "There is no connection at the moment."));
    await user.keyboard("je");
    await waitFor(() => expect(document.body.textContent).toContain("There is no connection at the moment."));
    expect(ids()).toEqual(order);
  });
});

describe("while somebody looks at it", () => {
  const fresh = (n: number) =>
    notification(900 + n, { title: `New ${n}`, created_at: "2026-06-18T11:44:00Z" });

  test("what is read elsewhere leaves, and what is new comes in at the top", async () => {
    const { office } = await openInbox();
    await shown("alert");
    const order = ids();
    office.unread = [fresh(1), ...office.unread.filter((n) => n.id !== order[1])];
    office.emit("notifications-changed", null);
    await waitFor(() => expect(ids()).not.toContain(order[1]));
    expect(ids()).toContain(uuid(901));
  });

  test("further down, new ones wait behind a button", async () => {
    const { app, user, office } = await openInbox((o) => (o.unread = manyUnread(300)));
    await shown("alert");
    app.inbox.atTop = false;
    const first = ids()[0];
    office.unread = [fresh(1), fresh(2), fresh(3), ...office.unread];
    office.emit("notifications-changed", null);
    expect(text(await shown("alerts-new"))).toBe("3 new");
    expect(ids()[0]).toBe(first);
    await user.click(get("alerts-new"));
    await waitFor(() => expect(ids().slice(0, 3).sort()).toEqual([901, 902, 903].map(uuid)));
    expect(find("alerts-new")).toBeNull();
  });

  test("in the list of all, what is read elsewhere stays in its place", async () => {
    const { office } = await openInbox(() => undefined, "#/alerts?show=all");
    await shown("alert");
    const order = ids();
    const read = office.unread.find((n) => n.id === order[0])!;
    office.unread = office.unread.filter((n) => n !== read);
    office.archive = [{ ...read, is_read: true }, ...office.archive];
    office.emit("notifications-changed", null);
    await waitFor(() => expect(get("alert", `[data-id="${read.id}"]`).dataset.read).toBe("true"));
    expect(ids()[0]).toBe(read.id);
  });
});

test("prints what is read, whole, and saves what the filter shows", async () => {
  const { app, user, office } = await openInbox((o) => (o.unread = manyUnread(40)));
  await shown("alert");
  await user.click(get("print-export"));
  await user.click(await shown("menu-item", "[data-id=print]"));
  await shown("print-alerts");
  expect(get("print-alerts").querySelectorAll("article")).toHaveLength(36);
  expect(office.count("printWindow")).toBe(1);
  window.dispatchEvent(new Event("afterprint"));
  await gone("print-alerts");
  await user.click(get("print-export"));
  await user.click(await shown("menu-item", "[data-id=csv]"));
  await waitFor(() => expect(document.body.textContent).toContain("36 alerts saved"));
  expect(app.undo.canUndo).toBe(false);
});
