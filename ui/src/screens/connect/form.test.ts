import { describe, expect, test } from "vitest";

import { SAVED } from "$/ipc/fake";

import { EMPTY, fieldOf, isLoopback, keepDraft, keptDraft, passwordKept, toInput, validate } from "./form";

const GOOD = { ...EMPTY, host: "office-server", login: "neff_app" };

describe("this computer", () => {
  test.each([
    "localhost",
    "LOCALHOST",
    " localhost ",
    "127.0.0.1",
    "127.8.9.255",
    "::1",
    "[::1]",
    "0:0:0:0:0:0:0:1",
  ])("%s is", (host) => expect(isLoopback(host)).toBe(true));
  test.each([
    "",
    "localhost.example.com",
    "127.0.0.256",
    "127.0.0.1.example.com",
    "128.0.0.1",
    "10.0.0.1",
    "127.1",
    "::2",
  ])("%s is not", (host) => expect(isLoopback(host)).toBe(false));
});

describe("what is checked before anything is asked", () => {
  test("nothing is wrong with a good one", () => expect(validate(GOOD, "pw", false)).toEqual({}));
  test("everything missing is said at once", () => {
    const empty = { ...GOOD, host: " ", port: "", database: "", login: "" };
    expect(Object.keys(validate(empty, "", false))).toEqual([
      "host",
      "port",
      "database",
      "login",
      "password",
    ]);
  });
  test.each(["0", "65536", "5432x", "-1", "5 432", "1e3"])("port %s", (port) => {
    expect(validate({ ...GOOD, port }, "pw", false).port).toBeTruthy();
  });
  test.each(["1", "65535", " 5432 "])("port %s is one", (port) => {
    expect(validate({ ...GOOD, port }, "pw", false).port).toBeUndefined();
  });
  test("an address with a path or a login in it is not a host", () => {
    for (const host of ["postgres://db", "me@db", "my server"])
      expect(validate({ ...GOOD, host }, "pw", false).host).toBeTruthy();
  });
  test("without encryption only this computer is reached", () => {
    const open = { ...GOOD, encryption: "none" as const };
    expect(validate(open, "pw", false).encryption).toContain("this computer");
    expect(validate({ ...open, host: "127.0.0.1" }, "pw", false)).toEqual({});
  });
});

test("the kept password is offered to the server and login it belongs to, and to no other", () => {
  const same = { ...GOOD, host: SAVED.host };
  expect(passwordKept(same, SAVED)).toBe(true);
  for (const other of [{ host: "evil" }, { port: "5433" }, { login: "postgres" }])
    expect(passwordKept({ ...same, ...other }, SAVED)).toBe(false);
  expect(passwordKept(same, { ...SAVED, password_saved: false })).toBe(false);
  expect(passwordKept(same, null)).toBe(false);
});

test("a certificate file is sent only where it is used", () => {
  const draft = { ...GOOD, ca_file: " /etc/ca.pem " };
  expect(toInput(draft, null)).toMatchObject({ ca_file: "/etc/ca.pem", port: 5432 });
  expect(toInput({ ...draft, encryption: "require" }, null).ca_file).toBeNull();
  expect(toInput({ ...draft, ca_file: " " }, null).ca_file).toBeNull();
});

test("an error finds its field, also when only the code says which", () => {
  expect(fieldOf("invalid", "port")).toBe("port");
  expect(fieldOf("invalid", "moon")).toBeNull();
  expect([fieldOf("no_answer", null), fieldOf("wrong_password", null), fieldOf("internal", null)]).toEqual([
    "host",
    "password",
    null,
  ]);
});

test("a draft comes back, a spoiled one does not", () => {
  keepDraft({ ...GOOD, encryption: "require" });
  expect(keptDraft()).toEqual({ ...GOOD, encryption: "require" });
  localStorage.setItem("neff-office.connect-draft", '{"host":7,"encryption":"rot13","login":"x"}');
  expect(keptDraft()).toEqual({ ...EMPTY, login: "x" });
  localStorage.setItem("neff-office.connect-draft", "{");
  expect(keptDraft()).toBeNull();
});
