import { describe, expect, test } from "vitest";

import type { WeekDay } from "$/ipc/client";

import { isFiltered, NO_FILTERS, readFilters, writeFilters } from "./filters";
import { inputOf, NOBODY, validate, type PersonValues } from "./forms/person";
import { fit, found, sorted } from "./lists/rows";
import { dayRange, marksWord, stretchWords, trade, usableColor, weekLines } from "./words";

const TODAY = "2026-06-18";
const some = (change: Partial<PersonValues>): PersonValues => ({
  ...NOBODY,
  name: "Luis Bailey",
  role: "raker",
  ...change,
});
const shift = (...hours: [string, string][]): WeekDay => ({
  kind: "hours",
  hours: hours.map(([from, until]) => ({ from, until })),
});
const week = (day: WeekDay): WeekDay[] => [
  day,
  ...NOBODY.hours.slice(1).map((): WeekDay => ({ kind: "off" })),
];

describe("what is sent", () => {
  test("is only what was touched: the rest stays as another program wrote it", () => {
    const input = inputOf(some({ name: " Luis " }), ["name"], false);
    expect([input.name, input.hours, input.certificates, input.specializations]).toEqual([
      "Luis",
      null,
      null,
      null,
    ]);
  });

  test("a cleared week says nothing, entries that name no certificate are kept", () => {
    const others = [{ item: 3, written: "7" }];
    const certificates = [{ key: 1, item: 0, name: " CDL A ", expires: "", written: "soon" }];
    const input = inputOf(some({ others, certificates }), ["hours", "certificates"], false);
    expect(input.hours).toEqual([]);
    expect(input.certificates).toEqual([{ item: 0, name: "CDL A", expires: null }]);
    expect(input.keep_items).toEqual([3]);
  });

  test("their last day in the crew goes along only when they leave", () => {
    const leaving = some({ leave: true, leave_day: TODAY });
    expect(inputOf(leaving, [], true).leave_crews).toBe(TODAY);
    expect(inputOf(leaving, [], false).leave_crews).toBeNull();
  });
});

describe("what cannot be right", () => {
  test.each<[Partial<PersonValues>, string | undefined]>([
    [{ hours: week(shift(["06:00", "12:00"], ["11:00", "15:00"])) }, "Hours on Monday overlap."],
    [{ hours: week(shift(["06:00", ""])) }, "Enter from when until when on Monday."],
    [{ hours: week({ kind: "unknown" }), hours_anew: true }, "Choose what applies on Monday."],
    // A night shift, midnight, two that touch.
    [{ hours: week(shift(["22:00", "06:00"])) }, undefined],
    [{ hours: week(shift(["06:00", "12:00"], ["12:00", "00:00"])) }, undefined],
    [{}, undefined],
  ])("%j", (change, message) => expect(validate(some(change)).hours).toBe(message));

  test("names and roles are needed, certificates have names", () => {
    const row = { key: 1, item: null, name: " ", expires: "", written: null };
    const wrong = validate({ ...NOBODY, certificates: [row], leave: true });
    expect(Object.keys(wrong).sort()).toEqual(["certificates", "leave_day", "name", "role"]);
  });
});

describe("words", () => {
  test("days that say the same are one line", () => {
    const days = [
      ...Array.from({ length: 5 }, () => shift(["06:00", "16:30"])),
      { kind: "off" } as const,
      { kind: "all_day" } as const,
    ];
    expect(weekLines(days)).toEqual([
      { days: "Mon – Fri", hours: "6:00 AM – 4:30 PM", off: false },
      { days: "Saturday", hours: "Off", off: true },
      { days: "Sunday", hours: "Any time", off: false },
    ]);
    expect(weekLines(week(shift(["22:00", "06:00"], ["16:00", "00:00"])))[0]?.hours).toBe(
      "10:00 PM – 6:00 AM (next day), 4:00 PM – midnight",
    );
  });

  test("stretches of time", () => {
    expect(dayRange(TODAY, TODAY, TODAY)).toBe("Thu, Jun 18");
    expect(dayRange("2025-04-01", null, TODAY)).toBe("since Apr 1, 2025");
    expect(dayRange("2026-06-29", null, TODAY)).toBe("from Mon, Jun 29 on");
    const part = { from: TODAY, from_time: "12:00", until: TODAY, until_time: "15:00" };
    expect(stretchWords(part, TODAY)).toBe("Thu, Jun 18, 12:00 PM – 3:00 PM");
    expect(stretchWords({ ...part, until: null, until_time: null }, TODAY)).toBe(
      "Thu, Jun 18, 12:00 PM – open",
    );
  });

  test("the worst of certificates is said first", () => {
    const none = { expired: 0, expiring: 0, unreadable: 0, missing: [], next_expiry: null };
    expect(marksWord(none)).toBeNull();
    expect(marksWord({ ...none, expiring: 2 })).toEqual({ text: "2 expiring", tone: "warn" });
    expect(marksWord({ ...none, expiring: 2, expired: 1, missing: ["CDL"] })).toEqual({
      text: "1 expired, 1 missing, 2 expiring",
      tone: "bad",
    });
  });

  test("roles and colors, also hostile ones", () => {
    expect([trade("truck driver"), trade("skid_steer"), trade("")]).toEqual([
      "Truck driver",
      "Skid steer",
      "",
    ]);
    expect([usableColor("#b4532a"), usableColor("red;x:url(y)"), usableColor(null)]).toEqual([
      "#b4532a",
      null,
      null,
    ]);
  });
});

describe("lists", () => {
  test("filters come back from the route as they went", () => {
    const filters = { ...NO_FILTERS, search: "bill", roles: ["a,b", "c"], reassign: true, year: 2027 };
    expect(readFilters(writeFilters(filters))).toEqual(filters);
    expect(readFilters("certificates=drop&year=99999&reassign=1")).toEqual(NO_FILTERS);
    expect([isFiltered({ ...NO_FILTERS, year: 2027 }), isFiltered(filters)]).toEqual([false, true]);
  });

  test("sorting leaves nothing last either way, and numbers in names in order", () => {
    const rows = [{ n: "Truck 10" }, { n: null }, { n: "truck 2" }];
    const keys = { n: (row: { n: string | null }) => row.n };
    const names = (direction: "ascending" | "descending") =>
      sorted(rows, keys, { column: "n", direction }).map((row) => row.n);
    expect(names("ascending")).toEqual(["truck 2", "Truck 10", null]);
    expect(names("descending")).toEqual(["Truck 10", "truck 2", null]);
  });

  test("a number is found with or without its dashes", () => {
    expect(found(["Ann", "(630) 555-0110"], "6305550110")).toBe(true);
    expect(found(["Ann", null], "555")).toBe(false);
  });

  test("beside a record only some columns fit", () => {
    const columns = [
      { id: "a", title: "A", width: 200 },
      { id: "b", title: "B" },
    ];
    expect(fit(columns, true, { a: 90 })).toEqual([{ id: "a", title: "A", width: 90 }]);
    expect(fit(columns, false, { a: 90 })).toBe(columns);
  });
});
