import { waitFor } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import { FakeOffice, officeError, PERSON, SAVED, TUNING, unconfigured } from "$/ipc/fake";
import { badReport, goodReport, olderReport, uuid } from "$/ipc/fake-data";

import { all, find, gate, get, gone, openWindow, settle, shown, text } from "../../../tests/window";

const field = (name: string) => get(`connect-${name}`) as HTMLInputElement & HTMLSelectElement;

const SERVER = { hash: "#/connect/server" };

async function typed(office = unconfigured(), more: Record<string, string> = {}) {
  const opened = await openWindow(office, SERVER);
  const values = { host: "office-server", login: "neff_app", password: "correct horse", ...more };
  for (const [name, value] of Object.entries(values)) {
    await opened.user.clear(field(name));
    if (value) await opened.user.type(field(name), value);
  }
  return opened;
}

describe("a computer that was never connected", () => {
  test("starts with the choice of where the data is, and asks the database nothing", async () => {
    const { office, user } = await openWindow(unconfigured());
    expect(text(get("connect"))).toContain("An office on this computer");
    await user.click(get("choose-server"));
    await shown("connect-host");
    expect(field("encryption").value).toBe("verify_full");
    expect(field("port").value).toBe("5432");
    expect(office.count("today")).toBe(0);
    expect(find("bell")).toBeNull();
  });

  test("says everything that is missing and puts the focus on the first", async () => {
    const { user, office } = await openWindow(unconfigured(), SERVER);
    await user.clear(field("port"));
    await user.click(get("connect-submit"));
    await waitFor(() => expect(document.activeElement).toBe(field("host")));
    for (const name of ["host", "port", "login", "password"]) {
      expect(field(name).getAttribute("aria-invalid")).toBe("true");
      expect(field(name).getAttribute("aria-describedby")).toBe(`connect-${name}-error`);
    }
    expect(office.count("connect")).toBe(0);
  });

  test("the focus goes to the first bad field, not to the first field", async () => {
    const { user } = await typed(unconfigured(), { login: "" });
    await user.click(get("connect-check"));
    await waitFor(() => expect(document.activeElement).toBe(field("login")));
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
    await waitFor(() => expect(document.activeElement).toBe(field("encryption")));
    expect(office.count("connect")).toBe(0);
  });
});

describe("what was typed", () => {
  test("survives leaving the screen and the program, but for the password", async () => {
    const { user, app } = await typed();
    app.router.screen("today");
    await settle();
    app.router.screen("connect", "server");
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
    await waitFor(() => expect(document.activeElement).toBe(field("password")));
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
    await waitFor(() => expect(document.activeElement).toBe(field("ca_file")));
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
    const { user, office } = await openWindow(new FakeOffice(), { hash: `#/connect/${SAVED.id}` });
    await waitFor(() => expect(field("host").value).toBe("office-server"));
    await user.click(get("connect-check"));
    await shown("check-host");
    expect(office.last("checkConnection")?.[1]).toBeNull();
    await user.type(field("host"), "-2");
    await user.click(get("connect-check"));
    await waitFor(() => expect(document.activeElement).toBe(field("password")));
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

describe("An office on this computer", () => {
  test("asks for a name only, and shows how far it is", async () => {
    const office = unconfigured();
    const held = gate();
    office.gates.set("createLocalOffice", held.closed);
    const { user } = await openWindow(office);
    await user.click(get("choose-local"));
    // The name this computer knows is only a suggestion.
    await waitFor(() => expect((get("local-name") as HTMLInputElement).value).toBe("Dana Neff"));
    await user.clear(get("local-name"));
    await user.click(await shown("local-create"));
    await waitFor(() => expect(document.activeElement).toBe(get("local-name")));
    expect(office.count("createLocalOffice")).toBe(0);
    await user.type(get("local-name"), " Dana Neff ");
    await user.click(get("local-create"));
    expect(text(await shown("local-progress"))).toContain("Checking that everything is there");
    held.open();
    await shown("today");
    expect(office.last("createLocalOffice")).toEqual(["Dana Neff", true]);
  });

  test("can be empty, and one that failed keeps what was typed and can be tried again", async () => {
    const office = unconfigured();
    office.failures.set(
      "createLocalOffice",
      officeError("disk_full", "There is not enough space on this computer. Nothing was left behind.", {
        details: "ENOSPC",
      }),
    );
    const { user } = await openWindow(office, { hash: "#/connect/local" });
    await shown("local-name");
    await waitFor(() => expect((get("local-name") as HTMLInputElement).value).toBe("Dana Neff"));
    await user.clear(get("local-name"));
    await user.type(get("local-name"), "Dana");
    await user.click(get("local-empty"));
    await user.click(get("local-create"));
    const error = text(await shown("error", "[data-code=disk_full]"));
    expect(error).toContain("Empty the trash");
    expect(error).not.toMatch(/postgres/i);
    expect((get("local-name") as HTMLInputElement).value).toBe("Dana");
    office.failures.clear();
    await user.click(get("local-create"));
    await shown("today");
    expect(office.last("createLocalOffice")).toEqual(["Dana", false]);
  });

  test("that is there already is only opened; one that cannot be says why", async () => {
    const office = unconfigured();
    office.store.local = { ...office.store.local, exists: true };
    const { user } = await openWindow(office, { hash: "#/connect/local" });
    expect(find("local-create")).toBeNull();
    await user.click(await shown("local-open"));
    await shown("today");
    expect(office.count("openLocalOffice")).toBe(1);
  });

  test("is not offered where the computer lacks what it needs", async () => {
    const office = unconfigured();
    office.store.local = {
      ...office.store.local,
      problem: {
        code: "local_office",
        message: "A part of the program is missing.",
        field: null,
        details: "x",
      },
    };
    await openWindow(office, { hash: "#/connect/local" });
    expect(text(await shown("error"))).toContain("A part of the program is missing.");
    expect(find("local-create")).toBeNull();
  });
});

describe("a configuration somebody sent", () => {
  async function pasted(configuration: string) {
    const opened = await openWindow(unconfigured(), SERVER);
    await opened.user.click(get("paste-open"));
    await waitFor(() => expect(document.activeElement).toBe(get("paste-text")));
    await opened.user.click(get("paste-text"));
    await opened.user.paste(configuration);
    await opened.user.click(get("paste-read"));
    return opened;
  }

  test("fills the form, says what it made of it, and its password is not needed again", async () => {
    const { user, office } = await pasted(
      "DB_HOST=office-server\nDB_NAME=neff_paving_admin\nDB_USER=postgres\nDB_PASSWORD=password\nDB_POOL_MAX=20\nNODE_ENV=production",
    );
    const result = text(await shown("paste-result"));
    expect(result).toContain("first anybody tries");
    expect(result).toContain("DB_POOL_MAX=20");
    expect(result).toContain("NODE_ENV");
    expect([field("host").value, field("login").value, field("password").value]).toEqual([
      "office-server",
      "postgres",
      "",
    ]);
    expect(find("paste-text")).toBeNull();
    expect(JSON.stringify({ ...localStorage })).not.toMatch(/DB_PASSWORD|"password":/);
    await user.click(get("connect-submit"));
    await shown("today");
    const [input, password] = office.last("connect") as [typeof SAVED, string | null];
    expect([input.tuning.max_connections, password]).toEqual([20, null]);
  });

  test("that says nothing is refused at the field and kept", async () => {
    await pasted("hello");
    expect(text(await shown("paste-error"))).toContain("no database connection in this text");
    expect((get("paste-text") as HTMLTextAreaElement).value).toBe("hello");
  });
});

describe("Advanced", () => {
  test("opens for what is wrong in it, and goes back to the usual", async () => {
    const { user, office } = await typed();
    expect(find("connect-max_connections")).toBeNull();
    await user.click(get("connect-advanced"));
    await user.clear(field("max_connections"));
    await user.type(field("max_connections"), "21");
    await user.click(get("connect-submit"));
    expect(text(get("connect-max_connections-error"))).toBe("A whole number from 2 to 20.");
    await waitFor(() => expect(document.activeElement).toBe(field("max_connections")));
    await user.click(get("tuning-reset"));
    await waitFor(() => expect(field("max_connections").value).toBe("5"));
    await user.click(get("connect-submit"));
    await shown("today");
    expect((office.last("connect") as [typeof SAVED])[0].tuning).toEqual(TUNING);
  });
});

describe("a saved connection", () => {
  test("that is only renamed or tuned is kept without connecting anew", async () => {
    const { user, office } = await openWindow(new FakeOffice(), { hash: `#/connect/${SAVED.id}` });
    await waitFor(() => expect(field("name").value).toBe("Office"));
    expect(text(get("connect-submit"))).toBe("Save");
    await user.clear(field("name"));
    await user.type(field("name"), "Front office");
    await user.click(get("connect-submit"));
    await shown("connection-list");
    expect(office.last("updateConnection")).toEqual([SAVED.id, "Front office", TUNING]);
    expect(office.count("connect")).toBe(0);
    await user.click(get("connection-edit"));
    await waitFor(() => expect(field("name").value).toBe("Front office"));
    await user.type(field("host"), "2");
    expect(text(get("connect-submit"))).toBe("Save and connect");
  });

  test("whose password is refused when it is chosen leads to where it is typed", async () => {
    const office = unconfigured();
    office.store.kept = [{ ...SAVED, active: false, password_saved: false }];
    office.failures.set("switchConnection", officeError("wrong_password", "The password is needed."));
    const { user } = await openWindow(office);
    await user.click(await shown("connection-use"));
    await user.click(await shown("connection-password"));
    await waitFor(() => expect(field("host").value).toBe("office-server"));
  });

  test("is picked from the list by whoever comes back", async () => {
    const office = unconfigured();
    office.store.kept = [SAVED];
    const { user } = await openWindow(office);
    await user.click(await shown("connection-use"));
    await shown("today");
    expect(office.last("switchConnection")).toEqual([SAVED.id]);
  });

  test("that lacks rights shows the command that grants them", async () => {
    const office = unconfigured();
    office.failures.set(
      "connect",
      officeError("rights_missing", "The login may not read what the office needs.", {
        details: "GRANT neff_app TO dana;",
      }),
    );
    const { user } = await typed(office);
    await user.click(get("connect-submit"));
    await shown("error", "[data-code=rights_missing]");
    expect(document.querySelector("code")?.textContent).toBe("GRANT neff_app TO dana;");
  });
});
