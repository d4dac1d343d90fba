import { describe, expect, test } from "vitest";

import { lacksZip, tidyAddress } from "./address";
import { readAmount, spelledAmount } from "./decimal";
import { looksShort, spelledPhone } from "./phone";
import { readTime, spelledTime, stepTime } from "./times";
import { zoneName, zones } from "./zones";

describe("a time", () => {
  test.each([
    ["7", "07:00"],
    ["7a", "07:00"],
    ["7p", "19:00"],
    ["730", "07:30"],
    ["1030", "10:30"],
    ["1:30 pm", "13:30"],
    ["1:30 p.m.", "13:30"],
    ["1", "13:00"],
    ["5", "17:00"],
    ["6", "06:00"],
    ["0530", "05:30"],
    ["05", "05:00"],
    ["12", "12:00"],
    ["12am", "00:00"],
    ["12:15 am", "00:15"],
    ["13", "13:00"],
    ["17.45", "17:45"],
    ["noon", "12:00"],
    ["midnight", "00:00"],
  ])("%s is %s", (typed, time) => expect(readTime(typed)).toBe(time));
  test.each(["", "25", "7:60", "13 pm", "0am", "seven", "7:3", "12345", "<b>"])("%j is none", (typed) =>
    expect(readTime(typed)).toBeNull(),
  );
  test("an end is after its start", () => {
    expect(readTime("7", { after: "07:00" })).toBe("19:00");
    expect(readTime("3", { after: "07:00" })).toBe("15:00");
    expect(readTime("9", { after: "07:00" })).toBe("09:00");
    expect(readTime("12", { after: "07:00" })).toBe("12:00");
  });
  test("steps land on the quarter and stay in the day", () => {
    expect([stepTime("07:00", 15), stepTime("07:07", 15), stepTime("07:07", -15)]).toEqual([
      "07:15",
      "07:15",
      "07:00",
    ]);
    expect([stepTime("23:45", 15), stepTime("00:00", -15), stepTime("07:10", 60)]).toEqual([
      "23:45",
      "00:00",
      "08:00",
    ]);
  });
  test("is spelled with AM and PM", () => {
    expect(["00:00", "12:05", "13:30", "odd"].map(spelledTime)).toEqual([
      "12:00 AM",
      "12:05 PM",
      "1:30 PM",
      "odd",
    ]);
  });
});

describe("an amount", () => {
  test.each([
    ["1,234.5", "1234.50"],
    ["$1,234.50", "1234.50"],
    ["1234", "1234.00"],
    [".5", "0.50"],
    ["5.", "5.00"],
    ["007", "7.00"],
    ["1.500", "1.50"],
    ["-0", "0.00"],
    ["9999999999.99", "9999999999.99"],
    ["0.30", "0.30"],
    ["", ""],
  ])("%s is %s", (typed, value) => expect(readAmount(typed)).toEqual({ value }));
  test.each([
    ["1.005", "two digits"],
    ["12,5", "after a point"],
    ["1.234,50", "after a point"],
    ["12,34,567", "Enter an amount"],
    ["abc", "Enter an amount"],
    ["1e5", "Enter an amount"],
    ["-", "Enter an amount"],
    ["-5", "less than zero"],
    ["10000000000", "more than"],
  ])("%s is refused: %s", (typed, why) =>
    expect(readAmount(typed)).toEqual({ problem: expect.stringContaining(why) }),
  );
  test("below zero where that is allowed, also as bookkeepers write it", () => {
    for (const typed of ["-12.5", "\u221212.50", "(12.50)"])
      expect(readAmount(typed, { negative: true })).toEqual({ value: "-12.50" });
  });
  test("is spelled with its groups, to the last digit", () => {
    expect(["1234.5", "9007199254740993.01", "-1000.00", "x"].map((v) => spelledAmount(v))).toEqual([
      "1,234.50",
      "9,007,199,254,740,993.01",
      "-1,000.00",
      "x",
    ]);
  });
});

describe("a phone number", () => {
  test.each([
    ["5553234567", "(555) 323-4567"],
    ["555.323.4567", "(555) 323-4567"],
    ["+1 555 323 4567", "(555) 323-4567"],
    ["1-555-323-4567 ext. 12", "(555) 323-4567 x12"],
    ["(555) 323-4567 #8", "(555) 323-4567 x8"],
    ["(555) 323-4567 x12", "(555) 323-4567 x12"],
    ["+44 20 7946 0018", "+44 20 7946 0018"],
    ["323-4567", "323-4567"],
    ["ask for Bob", "ask for Bob"],
    ["555 323 4567 or 555 323 9999", "555 323 4567 or 555 323 9999"],
    ["0115550100", "0115550100"],
    ["", ""],
  ])("%s is %s", (typed, shown) => expect(spelledPhone(typed)).toBe(shown));
  test("too short to call", () =>
    expect(["323-4567", "", "5553234567"].map(looksShort)).toEqual([true, false, false]));
});

describe("an address", () => {
  test("is tidied, not rewritten", () => {
    expect(tidyAddress("  12  Main St ,\r\n\r\nSpringfield il 62704-1234\nUSA")).toBe(
      "12 Main St\nSpringfield, IL 62704-1234",
    );
    expect(tidyAddress("behind the old mill")).toBe("behind the old mill");
  });
  test("its ZIP is missed", () => {
    expect(["", "12 Main St", "Elgin, IL 60120"].map(lacksZip)).toEqual([false, true, false]);
  });
});

test("zones: the country's first, each once", () => {
  const all = zones();
  expect(all[0]).toEqual({ value: "America/New_York", name: "Eastern – New York" });
  expect(new Set(all.map((zone) => zone.value)).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(300);
  expect(zoneName("America/Argentina/Buenos_Aires")).toBe("Argentina, Buenos Aires – America");
});
