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

test("a next step adds to the core's sentence and does not repeat it", () => {
  expect(nextStep("wrong_password")).toContain("Caps Lock");
  // The core's sentence for these ends with what to do.
  expect((["invalid", "no_answer", "internal"] as const).map(nextStep)).toEqual([null, null, null]);
});
