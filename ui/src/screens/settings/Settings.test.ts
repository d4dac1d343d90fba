import { waitFor } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import { FakeOffice, officeError } from "$/ipc/fake";

import { find, gate, get, gone, openWindow, shown, text } from "../../../tests/window";

const input = (id: string) => document.getElementById(id) as HTMLInputElement;
const within = (testid: string) => get(testid).querySelector<HTMLInputElement>("input")!;

async function company(office = new FakeOffice()) {
  const opened = await openWindow(office, { hash: "#/settings/company" });
  await shown("company-form");
  return opened;
}

describe("the company", () => {
  test("is saved with Ctrl+S, and Undo takes it back", async () => {
    const { user, office } = await company();
    await user.clear(input("company-phone"));
    await user.type(input("company-phone"), "630 555 0199");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(office.firm.phone).toBe("(630) 555-0199"));
    const undo = await waitFor(() => {
      const button = [...document.querySelectorAll("button")].find((one) => text(one).startsWith("Undo"));
      expect(button).toBeTruthy();
      return button!;
    });
    await user.click(undo);
    await waitFor(() => expect(office.firm.phone).toBe("(630) 555-0100"));
    await waitFor(() => expect(input("company-phone").value).toBe("(630) 555-0100"));
  });

  test("somebody else's change of another field is taken over, of the same field is asked about", async () => {
    const { user, office } = await company();
    await user.clear(input("company-license"));
    await user.type(input("company-license"), "MINE");
    await user.clear(input("company-phone"));
    await user.type(input("company-phone"), "(630) 555-0001");
    office.firm = { ...office.firm, license: "THEIRS", website: "https://new.example", version: 9 };
    office.emit("company-changed", null);
    await waitFor(() => expect(input("company-website").value).toBe("https://new.example"));
    expect(text(get("company-form"))).toContain("THEIRS");
    expect(text(get("company-form"))).toContain("MINE");
    const keep = [...document.querySelectorAll("button")].find((one) => text(one) === "Keep mine")!;
    await user.click(keep);
    await user.click(get("company-form-save"));
    await waitFor(() => expect(office.firm.license).toBe("MINE"));
    expect([office.firm.website, office.firm.phone]).toEqual(["https://new.example", "(630) 555-0001"]);
  });

  test("a conflict only the core saw shows both values, too", async () => {
    const { user, office } = await company();
    await user.clear(input("company-name"));
    await user.type(input("company-name"), "Mine");
    office.firm = { ...office.firm, name: "Theirs", version: 9 };
    await user.click(get("company-form-save"));
    await waitFor(() => expect(text(get("company-form"))).toContain("Theirs"));
    expect(office.firm.name).toBe("Theirs");
  });

  test("what was undone here is no conflict: what is typed stays, the rest goes back", async () => {
    const { user, app, office } = await company();
    const { may_edit: _, ...firm } = office.firm;
    const saved = await app.office.saveCompany({ ...firm, license: "NEW", website: "https://new.example" });
    app.undo.pushChange(saved.change!);
    await waitFor(() => expect(input("company-license").value).toBe("NEW"));
    await user.clear(input("company-license"));
    await user.type(input("company-license"), "MINE");
    // The undo is answered, and nothing has been read again.
    const { closed, open } = gate();
    office.gates.set("company", closed);
    await app.undo.undo();
    await user.click(get("company-form-save"));
    open();
    await waitFor(() => expect(office.firm.license).toBe("MINE"));
    expect(office.firm.website).toBe(firm.website);
    expect(find("conflicts")).toBeNull();
    await waitFor(() => expect(input("company-website").value).toBe(firm.website));
  });

  test("is only shown to whoever may not change it, with who may", async () => {
    const office = new FakeOffice();
    office.firm = { ...office.firm, may_edit: false, name: "Smith & Sons <Lot 4>" };
    await openWindow(office, { hash: "#/settings/company" });
    expect(text(await shown("company-readonly"))).toContain("Only the owner");
    expect(find("company-form")).toBeNull();
    expect(text(get("settings"))).toContain("Smith & Sons <Lot 4>");
    expect(text(get("settings"))).toContain("Monday, Tuesday");
  });

  test("what was typed is still there after leaving", async () => {
    const { user, app } = await company();
    await user.type(input("company-license"), "-7");
    app.router.screen("today");
    await shown("today");
    app.router.screen("settings", "company");
    await waitFor(() => expect(input("company-license")?.value).toBe("IL 104-019283-7"));
  });

  test("that cannot be read says so and is read again", async () => {
    const office = new FakeOffice();
    office.failures.set("company", officeError("internal", "The database took too long."));
    const { user } = await openWindow(office, { hash: "#/settings/company" });
    const error = await shown("error");
    office.failures.clear();
    await user.click(error.querySelector("button")!);
    await shown("company-form");
  });
});

describe("me", () => {
  test("what was undone here is no conflict", async () => {
    const office = new FakeOffice();
    const { user, app } = await openWindow(office, { hash: "#/settings/me" });
    await shown("me-form");
    const { name, email, phone, time_zone, quiet_from, quiet_until, version } = office.self;
    const same = { name, email, time_zone, quiet_from, quiet_until, version };
    const saved = await app.office.saveMe({ ...same, phone: "(630) 555-0001" });
    app.undo.pushChange(saved.change!);
    await waitFor(() => expect(input("me-phone").value).toBe("(630) 555-0001"));
    await user.clear(input("me-phone"));
    await user.type(input("me-phone"), "630 555 0002");
    const { closed, open } = gate();
    office.gates.set("me", closed);
    await app.undo.undo();
    expect(office.self.phone).toBe(phone);
    await user.click(get("me-form-save"));
    open();
    await waitFor(() => expect(office.self.phone).toBe("(630) 555-0002"));
    expect(find("conflicts")).toBeNull();
  });

  test("quiet hours are said in a sentence, and can be none", async () => {
    const office = new FakeOffice();
    const { user } = await openWindow(office, { hash: "#/settings/me" });
    expect(text(await shown("quiet-sentence"))).toContain(
      "from 9:00 PM until 6:00 AM the next day; nothing is dropped",
    );
    const until = input("me-quiet_until");
    await user.clear(until);
    await user.type(until, "9pm");
    await user.click(get("me-form-save"));
    expect(text(get("me-form"))).toContain("That is when they begin.");
    expect(office.count("saveMe")).toBe(0);
    await user.clear(until);
    await user.type(until, "5:30");
    await user.click(get("me-form-save"));
    await waitFor(() => expect(office.self.quiet_until).toBe("05:30"));
    await user.click(input("me-quiet"));
    await user.click(get("me-form-save"));
    await waitFor(() => expect([office.self.quiet_from, office.self.quiet_until]).toEqual([null, null]));
  });
});

describe("this computer", () => {
  test("a switch takes effect at once and springs back when it is refused", async () => {
    const office = new FakeOffice();
    const { user } = await openWindow(office, { hash: "#/settings/computer" });
    await shown("popups");
    await user.click(within("sound"));
    await waitFor(() => expect(office.computer.popup_sound).toBe(true));
    office.failures.set("saveComputerSettings", officeError("rights_missing", "The system did not let it."));
    await user.click(within("start-at-login"));
    await waitFor(() => expect(document.body.textContent).toContain("The system did not let it."));
    await waitFor(() => expect(within("start-at-login").checked).toBe(true));
  });

  test("without popups what belongs to them says why it cannot be switched", async () => {
    const office = new FakeOffice();
    office.computer = { ...office.computer, popups: false };
    await openWindow(office, { hash: "#/settings/computer" });
    await shown("titles-only");
    expect(within("titles-only").disabled).toBe(true);
    expect(text(get("titles-only"))).toContain("Popups are off on this computer.");
  });

  test("the test popup says how it went", async () => {
    const office = new FakeOffice();
    const { user } = await openWindow(office, { hash: "#/settings/computer" });
    await user.click(await shown("test-popup"));
    await shown("test-shown");
    office.failures.set("testPopup", officeError("internal", "This computer shows no popups to programs."));
    await user.click(get("test-popup"));
    expect(text(await shown("error"))).toContain("shows no popups");
    await gone("test-shown");
  });
});

describe("appearance and shortcuts", () => {
  test("light, dark, and back to the system's", async () => {
    const { user, app } = await openWindow(new FakeOffice(), { hash: "#/settings/appearance" });
    await user.click(await shown("theme-dark"));
    expect([app.theme.current, document.documentElement.dataset.theme]).toEqual(["dark", "dark"]);
    await user.click(get("theme-system"));
    expect(app.theme.chosen).toBeNull();
  });

  const row = (id: string) => get("shortcut", `[data-id="${id}"]`);
  const change = (id: string) => get("shortcut-change", `[data-id="${id}"]`);

  test("another key is taken, at once and for good, and reset", async () => {
    const { user, app } = await openWindow(new FakeOffice(), { hash: "#/settings/shortcuts" });
    await shown("shortcuts");
    await user.click(change("bell.open"));
    await shown("shortcut-capture");
    await user.keyboard("{Control>}j{/Control}");
    await waitFor(() => expect(text(row("bell.open"))).toContain("Ctrl+J"));
    await waitFor(() => expect(document.activeElement).toBe(change("bell.open")));
    await user.keyboard("{Control>}j{/Control}");
    await waitFor(() => expect(app.bellOpen).toBe(true));
    expect(localStorage.getItem("neff-office.shortcuts")).toContain("mod+j");
    app.bellOpen = false;
    await user.click(get("shortcuts-reset"));
    expect(app.registry.shortcut("bell.open")).toBe("n");
  });

  test("one that is in use is asked about", async () => {
    const { user, app } = await openWindow(new FakeOffice(), { hash: "#/settings/shortcuts" });
    await shown("shortcuts");
    await user.click(change("bell.open"));
    await shown("shortcut-capture");
    await user.keyboard("{Control>}b{/Control}");
    expect(text(await shown("shortcut-clash"))).toContain("Show or hide the sidebar");
    expect(app.registry.shortcut("bell.open")).toBe("n");
    await user.click(get("shortcut-take"));
    await waitFor(() => expect(app.registry.shortcut("bell.open")).toBe("mod+b"));
    expect(app.registry.shortcut("sidebar.toggle")).toBeUndefined();
  });

  test("what typing needs is refused, and Escape leaves it", async () => {
    const { user, app } = await openWindow(new FakeOffice(), { hash: "#/settings/shortcuts" });
    await shown("shortcuts");
    await user.click(change("bell.open"));
    await shown("shortcut-capture");
    await user.keyboard("{Control>}c{/Control}");
    expect(text(get("shortcut-capture"))).toContain("needed for typing");
    await user.keyboard("{Escape}");
    await gone("shortcut-capture");
    expect(app.registry.shortcut("bell.open")).toBe("n");
  });
});
