import { expect, test } from "vitest";

import { smsSize } from "./sms";
import { lastNote, noted } from "./words";

test.each([
  ["", 0, 0, null],
  ["x".repeat(160), 160, 1, null],
  ["x".repeat(161), 161, 2, null],
  ["x".repeat(306), 306, 2, null],
  ["x".repeat(307), 307, 3, null],
  // These take two places each.
  ["€".repeat(80), 80, 1, null],
  ["€".repeat(81), 81, 2, null],
  // One curly apostrophe and every segment is less than half as long.
  [`St. Mary’s${"x".repeat(60)}`, 70, 1, "’"],
  [`St. Mary’s${"x".repeat(61)}`, 71, 2, "’"],
  // A pair of surrogates is one character that takes two places.
  ["🌧".repeat(36), 36, 2, "🌧"],
])("a text of %#", (text, characters, segments, odd) =>
  expect(smsSize(text)).toEqual({ characters, segments, odd }),
);

test("the third try knows of the first two", () => {
  const note = noted(noted(null, "No answer", "9:14 AM"), "Left a message", "10:02 AM");
  expect(note).toBe("No answer, 9:14 AM\nLeft a message, 10:02 AM");
  expect(lastNote(note)).toBe("Left a message, 10:02 AM");
  expect(lastNote(" \n")).toBeNull();
});
