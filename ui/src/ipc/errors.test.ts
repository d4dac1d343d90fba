import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { asOfficeError, nextStep, OfficeError } from "./errors";

test("what the core said is kept", () => {
  const error = new OfficeError({ code: "invalid", message: "No.", field: "host", details: "x" });
  expect(asOfficeError(error)).toBe(error);
  expect([error.code, error.message, error.field, error.details]).toEqual(["invalid", "No.", "host", "x"]);
});

test("anything else is a defect with a plain sentence, and its own words only in the details", () => {
  const error = asOfficeError(new TypeError("undefined is not an object"));
  expect(error.code).toBe("internal");
  expect(error.message).not.toContain("undefined");
  expect(error.details).toBe("TypeError: undefined is not an object");
});

test("every code the core can send has a next step, unless its own sentence is at a field", () => {
  const bindings = readFileSync("src/ipc/bindings.ts", "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const body = /export type ErrorCode =([\s\S]*?);/.exec(bindings)?.[1] ?? "";
  const codes = [...body.matchAll(/"(\w+)"/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(10);
  expect(codes.filter((code) => nextStep(code as never) === null)).toEqual(["invalid"]);
});
