import { expect, test } from "vitest";

import { quietSentence } from "./quiet";

test.each([
  ["21:00", "06:00", "Popups wait from 9:00 PM until 6:00 AM the next day; nothing is dropped."],
  ["12:00", "13:30", "Popups wait from 12:00 PM until 1:30 PM; nothing is dropped."],
  ["00:00", "05:15", "Popups wait from 12:00 AM until 5:15 AM; nothing is dropped."],
  ["", "06:00", "Popups wait during these hours; nothing is dropped."],
  ["06:00", "06:00", "Popups wait during these hours; nothing is dropped."],
])("%s–%s", (from, until, sentence) => expect(quietSentence(from, until)).toBe(sentence));
