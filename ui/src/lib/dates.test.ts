import { expect, test } from "vitest";

import { fullDate, readDate, spelledDate } from "./dates";

// A Thursday.
const today = "2026-06-18";
const read = (typed: string, locale?: string) => readDate(typed, { today, locale });

test.each([
  ["6/20", "2026-06-20"],
  ["4/1", "2026-04-01"],
  ["1/5", "2027-01-05"],
  ["12/19", "2026-12-19"],
  ["12/1", "2026-12-01"],
  ["4/1/27", "2027-04-01"],
  ["4-1-2027", "2027-04-01"],
  ["4.1.2027", "2027-04-01"],
  ["7/4/99", "1999-07-04"],
  ["2026-04-01", "2026-04-01"],
  ["040126", "2026-04-01"],
  ["04012026", "2026-04-01"],
  ["apr 1", "2026-04-01"],
  ["April 1st, 2027", "2027-04-01"],
  ["1 apr 27", "2027-04-01"],
  ["sept 9", "2026-09-09"],
  ["Wed, Apr 1, 2026", "2026-04-01"],
  ["wed apr 1", "2026-04-01"],
  ["today", "2026-06-18"],
  ["Tomorrow", "2026-06-19"],
  ["tom", "2026-06-19"],
  ["yesterday", "2026-06-17"],
  ["+3", "2026-06-21"],
  ["-2", "2026-06-16"],
  ["+2w", "2026-07-02"],
  ["+1m", "2026-07-18"],
  ["in 10 days", "2026-06-28"],
  ["mon", "2026-06-22"],
  ["thu", "2026-06-25"],
  ["tues", "2026-06-23"],
  ["friday", "2026-06-19"],
  ["next fri", "2026-06-26"],
  ["next mon", "2026-06-22"],
  ["next sunday", "2026-06-28"],
  ["last mon", "2026-06-15"],
  ["next week", "2026-06-25"],
  ["15", "2026-07-15"],
  ["18", "2026-06-18"],
  ["31", "2026-07-31"],
  ["2/29", "2028-02-29"],
])("%s is %s", (typed, date) => expect(read(typed)).toBe(date));

test.each([
  "",
  "  ",
  "2/30",
  "13/1",
  "hello",
  "4/1/1",
  "ma",
  "0/0",
  "99",
  "9999-99-99",
  "<img onerror=x>",
  "+",
  "apr",
])("%j is no date", (typed) => expect(read(typed)).toBeNull());

test("ten thousand characters are no date either, and at once", () => {
  expect(read("1".repeat(10_000))).toBeNull();
});

test("in the words and the order of the place", () => {
  expect(read("1/4", "en-GB")).toBe("2026-04-01");
  expect(read("mañana", "es-MX")).toBe("2026-06-19");
  expect(read("lunes", "es-MX")).toBe("2026-06-22");
  expect(read("abril 1", "es-MX")).toBe("2026-04-01");
  expect(read("4/1", "C")).toBe("2026-04-01");
});

test("is shown with its weekday, and reads back as itself", () => {
  expect(spelledDate("2026-04-01")).toBe("Wed, Apr 1, 2026");
  expect(fullDate("2026-04-01")).toBe("Wednesday, April 1, 2026");
  for (let day = 0; day < 800; day += 7) {
    const date = new Date(Date.UTC(2025, 10, 1 + day)).toISOString().slice(0, 10);
    expect(read(spelledDate(date))).toBe(date);
  }
});
