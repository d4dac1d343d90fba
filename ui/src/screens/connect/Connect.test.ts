import { waitFor } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import { FakeOffice, officeError, online, PERSON, TUNING, unconfigured } from "$/ipc/fake";
import { badReport, goodReport, olderReport, uuid } from "$/ipc/fake-data";

import { all, find, gate, get, gone, openWindow, settle, shown, text } from "../../../tests/window";

const field = (name: string) => get(`connect-${name}`) as HTMLInputElement & HTMLSelectElement;

async function typed(office = unconfigured(), more: Record<string, string> = {}) {
  const opened = await openWindow(office);
  const values = { host: "office-server", login: "neff_app", password: "correct horse", ...more };
  for (const [name, value] of Object.entries(values)) {
    await opened.user.clear(field(name));
    if (value) await opened.user.type(field(name), value);
  }
  return opened;
}

describe("a computer that was never connected", () => {
  test("starts here, encrypted, and asks the database nothing", async () => {
    const { office } = await openWindow(unconfigured());
    expect(field("encryption").value).toBe("verify_full");
    expect(field("port").value).toBe("5432");
    expect(office.count("today")).toBe(0);
    expect(find("bell")).toBeNull();
  });

  test("says everything that is missing and puts the focus on the first", async () => {
    const { user, office } = await openWindow(unconfigured());
    await user.clear(field("port"));
    await user.click(get("connect-submit"));
    expect(document.activeElement).toBe(field("host"));
    for (const name of ["host", "port", "login", "password"]) {
      expect(field(name).getAttribute("aria-invalid")).toBe("true");
      expect(field(name).getAttribute("aria-describedby")).toBe(`connect-${name}-error`);
    }
    expect(office.count("connect")).toBe(0);
  });

  test("the focus goes to the first bad field, not to the first field", async () => {
    const { user } = await typed(unconfigured(), { login: "" });
    await user.click(get("connect-check"));
    expect(document.activeElement).toBe(field("login"));
    await user.type(field("login"), "x");
    expect(find("connect-login-error")).toBeNull();
  });
});

describe("without encryption", () => {
  const none = () => field("encryption").querySelector<HTMLOptionElement>("option[value=none]");

  test("is offered for this computer only", async () => {
    const { user } = await typed();
    expect(none()?.disabled).toBe(true);
    await user.clear(field("host"));
    await user.type(field("host"), "127.0.0.1");
    expect(none()?.disabled).toBe(false);
  });

  test("is refused again once the server is another, before anything is sent", async () => {
    const { user, office } = await typed(unconfigured(), { host: "localhost" });
    await user.selectOptions(field("encryption"), "none");
    await user.clear(field("host"));
    await user.type(field("host"), "db.example.com");
    expect(text(get("connect-encryption-error"))).toContain("this computer");
    await user.click(get("connect-submit"));
    expect(document.activeElement).toBe(field("encryption"));
    expect(office.count("connect")).toBe(0);
  });
});

describe("what was typed", () => {
  test("survives leaving the screen and the program, but for the password", async () => {
    const { user, app } = await typed();
    app.router.screen("today");
    await settle();
    app.router.screen("connect");
    await shown("connect-host");
    await settle();
    expect([field("host").value, field("login").value, field("password").value]).toEqual([
      "office-server",
      "neff_app",
      "",
    ]);
    expect(JSON.stringify({ ...localStorage })).not.toContain("correct horse");
    await user.type(field("host"), "2");
    expect(localStorage.getItem("neff-office.connect-draft")).toContain("office-server2");
  });

  test("is forgotten once it is saved by the core", async () => {
    const { user } = await typed();
    await user.click(get("connect-submit"));
    await shown("today");
    expect(localStorage.getItem("neff-office.connect-draft")).toBeNull();
  });
});

describe("Connect", () => {
  test("sends what was typed and goes to Today", async () => {
    const { user, office } = await typed();
    await user.click(get("connect-submit"));
    await shown("today");
    expect(office.last("connect")).toEqual([
      {
        id: null,
        name: null,
        host: "office-server",
        port: 5432,
        database: "neff_paving_admin",
        login: "neff_app",
        encryption: "verify_full",
        ca_file: null,
        tuning: TUNING,
      },
      "correct horse",
    ]);
  });

  test("puts what the core refuses at its field, with the next step beside it", async () => {
    const office = unconfigured();
    office.failures.set("connect", officeError("wrong_password", "The login or its password is wrong."));
    const { user } = await typed(office);
    await user.click(get("connect-submit"));
    expect(text(await shown("connect-password-error"))).toBe("The login or its password is wrong.");
    expect(document.activeElement).toBe(field("password"));
    expect(text(get("error"))).toContain("Caps Lock");
    expect(field("password").value).toBe("correct horse");
  });

  test("a field the core names is the one", async () => {
    const office = unconfigured();
    office.failures.set(
      "connect",
      officeError("invalid", "There is no such file on this computer.", { field: "ca_file" }),
    );
    const { user } = await typed(office, { ca_file: "/nowhere" });
    await user.click(get("connect-submit"));
    expect(text(await shown("connect-ca_file-error"))).toContain("no such file");
    expect(document.activeElement).toBe(field("ca_file"));
    expect(find("error")).toBeNull();
  });

  test("pressed twice connects once", async () => {
    const office = unconfigured();
    const held = gate();
    office.gates.set("connect", held.closed);
    const { user } = await typed(office);
    await user.click(get("connect-submit"));
    await user.click(get("connect-submit"));
    await user.keyboard("{Enter}");
    await user.click(get("connect-check"));
    held.open();
    await shown("today");
    expect([office.count("connect"), office.count("checkConnection")]).toEqual([1, 0]);
  });

  test("leaves the kept password in the keychain, and asks for one as soon as the server is another", async () => {
    const { user, office } = await openWindow(new FakeOffice(), { hash: "#/connect" });
    await waitFor(() => expect(field("host").value).toBe("office-server"));
    await user.click(get("connect-check"));
    await shown("check-host");
    expect(office.last("checkConnection")?.[1]).toBeNull();
    await user.type(field("host"), "-2");
    await user.click(get("connect-check"));
    expect(document.activeElement).toBe(field("password"));
    expect(office.count("checkConnection")).toBe(1);
  });
});

describe("Check", () => {
  test("shows ticks being made, then each with state, sentence, remedy and command", async () => {
    const office = unconfigured();
    office.report = badReport();
    const held = gate();
    office.gates.set("checkConnection", held.closed);
    const { user } = await typed(office);
    await user.click(get("connect-check"));
    await shown("check-host", "[data-state=pending]");
    expect(all("check-host")).toHaveLength(1);
    held.open();
    const rights = await shown("check-permissions", "[data-state=failed]");
    expect(text(rights)).toContain("Failed");
    expect(text(rights)).toContain('GRANT CREATE ON DATABASE "neff_paving_admin" TO "neff_app";');
    expect(rights.querySelector("button")?.getAttribute("aria-label")).toBe("Copy the command");
    expect(badReport().checks.map((c) => get(`check-${c.name}`).dataset.state)).toEqual(
      badReport().checks.map((c) => c.state),
    );
  });

  test("what was found no longer stands once something else is typed", async () => {
    const { user } = await typed();
    await user.click(get("connect-check"));
    await shown("check-host", "[data-state=ok]");
    await user.type(field("database"), "2");
    await gone("check-host");
  });
});

describe("a database that is not set up", () => {
  test("is offered to be brought up to date, with a backup first, and shows how far it is", async () => {
    const office = new FakeOffice();
    office.state = { kind: "needs_migration", report: olderReport() };
    const held = gate();
    office.gates.set("migrate", held.closed);
    const { user } = await openWindow(office);
    expect(text(get("migrate-offer"))).toContain("A backup is made and read back whole");
    await user.click(get("migrate-button"));
    await settle();
    office.emit("migration-progress", { step: "job_assignments", done: 3, total: 12 });
    await settle();
    expect(get("migrate-progress").querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe(
      "3",
    );
    held.open();
    await shown("today");
    expect(office.count("migrate")).toBe(1);
  });

  test("that was only checked is connected to first, and then set up", async () => {
    const office = unconfigured();
    office.report = { ...olderReport(), schema: "empty", holds_rows: false };
    office.connectTo = { kind: "needs_migration", report: office.report };
    const { user } = await typed(office);
    await user.click(get("connect-check"));
    const button = await shown("migrate-button");
    expect(text(button)).toBe("Set up this database");
    expect(text(get("migrate-offer"))).not.toContain("backup");
    await user.click(button);
    await shown("today");
    expect(office.calls.map((c) => c.name).filter((n) => n === "connect" || n === "migrate")).toEqual([
      "connect",
      "migrate",
    ]);
  });

  test("is not offered to a login that may not, nor when there is nothing to do", async () => {
    const office = new FakeOffice();
    office.state = { kind: "needs_migration", report: olderReport(false) };
    await openWindow(office);
    expect(find("migrate-button")).toBeNull();
    expect(text(get("migrate-offer"))).toContain("may not");
    office.state = { kind: "needs_migration", report: { ...goodReport(), schema: "newer" } };
    office.emit("connection-changed", office.state);
    await gone("migrate-offer");
  });

  test("a backup that fails stops it and says that nothing was changed", async () => {
    const office = new FakeOffice();
    office.state = { kind: "needs_migration", report: olderReport() };
    office.failures.set(
      "migrate",
      officeError("backup_failed", "There is not enough space for the backup. Nothing was changed."),
    );
    const { user } = await openWindow(office);
    await user.click(get("migrate-button"));
    expect(text(await shown("error"))).toContain("Nothing was changed");
    expect(find("migrate-button")).not.toBeNull();
  });
});

describe("Who are you", () => {
  function asking(people = [PERSON, { id: uuid(11), name: "Tom Neff", email: null }], suggestion = "") {
    const office = new FakeOffice();
    office.state = { kind: "who_are_you", people, suggestion };
    return office;
  }

  test("takes a person from the list", async () => {
    const { user, office } = await openWindow(asking());
    await user.click(get("who-person", `[data-id="${uuid(11)}"]`));
    await user.click(get("who-submit"));
    await shown("today");
    expect(office.last("iAm")).toEqual([uuid(11)]);
  });

  test("takes a new name, and a name typed wins over the list", async () => {
    const { user, office } = await openWindow(asking());
    await user.type(get("who-name"), "  Kim Ro ");
    await user.click(get("who-submit"));
    await shown("today");
    expect([office.last("iAmNew"), office.count("iAm")]).toEqual([["Kim Ro"], 0]);
  });

  test("wants a name", async () => {
    const { user, office } = await openWindow(asking([]));
    await user.click(get("who-submit"));
    expect(document.activeElement).toBe(get("who-name"));
    expect(office.count("iAmNew")).toBe(0);
  });
});

describe("forgetting", () => {
  test("asks once, then takes connection and password away and keeps the typing", async () => {
    const { user, office } = await openWindow(new FakeOffice(), { hash: "#/connect" });
    await user.click(await shown("forget"));
    expect(document.activeElement).toBe(get("forget-keep"));
    await user.click(get("forget-keep"));
    expect([office.count("forgetConnection"), document.activeElement]).toEqual([0, get("forget")]);
    await user.click(get("forget"));
    await user.click(get("forget-confirm"));
    await gone("current");
    expect(office.count("forgetConnection")).toBe(1);
    expect(field("host").value).toBe("office-server");
    expect(find("bell")).toBeNull();
  });

  test("who is connected, and whether that is proven, is said", async () => {
    const office = new FakeOffice();
    office.state = online();
    await openWindow(office, { hash: "#/connect" });
    expect(text(await shown("current"))).toContain("You are Dana Neff, as said on this computer.");
  });
});
