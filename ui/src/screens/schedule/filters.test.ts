import { describe, expect, test } from "vitest";

import {
  EVERY_JOB,
  isNarrowed,
  jobFilter,
  PLAIN,
  readFilters,
  writeFilters,
  type ScheduleFilters,
} from "./filters";

const CREW = "00000000-0000-4000-8000-00000000000a";
const ALL: ScheduleFilters = {
  date: "2026-06-15",
  zoom: "weeks2",
  rows: "machines",
  night: true,
  statuses: ["scheduled", "canceled"],
  services: ["residential", "none"],
  crews: [CREW],
  weather: false,
  priority: 4,
  text: "Smith & Sons <Lot 4> 100% +",
  outside: true,
  unassigned: true,
  clashing: true,
  sort: "customer",
  descending: true,
  group: "crew",
  range: "dates",
  from: "2026-04-01",
  until: "2026-11-30",
};

describe("filters in the route", () => {
  test("nothing said is the plain schedule, and says nothing", () => {
    expect(readFilters(undefined)).toEqual(PLAIN);
    expect(readFilters("")).toEqual(PLAIN);
    expect(writeFilters(PLAIN)).toBe("");
  });
  test("everything that can be said is read as it was written", () =>
    expect(readFilters(writeFilters(ALL))).toEqual(ALL));
  test.each(["week", "month", "season", "all"] as const)(
    "the range %s keeps its name, not its dates",
    (range) =>
      expect(readFilters(writeFilters({ ...ALL, range, from: null, until: null })).range).toBe(range),
  );
  test.each([
    ["date=2026-02-30"],
    ["date=tomorrow&date=2026-06-15"],
    ["date=9999-01-01"],
    ["zoom=year&rows=dogs&night=yes"],
    ["zoom=constructor&rows=__proto__&sort=toString&group=valueOf&range=dates"],
    ["status=gone,,__proto__&service=%00&crew=1,2,'; drop table jobs"],
    ["weather=maybe&priority=4.5"],
    ["priority=1"],
    ["priority=Infinity"],
    ["priority=0x5&weather=", { priority: 5 }],
    ["outside=true&unassigned=on&clashing=2&desc=yes"],
    ["sort=id&group=month&range=ever"],
    ["from=&until=2026-13-01"],
    ["%%%&&&===?#text"],
    ["text=%F0%9F%92%A9", { text: "💩" }],
  ] as [string, Partial<ScheduleFilters>?][])("garbled: %s", (route, but = {}) =>
    expect(readFilters(route)).toEqual({ ...PLAIN, ...but }),
  );
  test("what is much too long is cut", () => {
    const crews = Array.from({ length: 500 }, (_, n) => CREW.slice(0, -3) + String(n).padStart(3, "0"));
    const read = readFilters(`text=${"x".repeat(90_000)}&crew=${crews.join(",")}`);
    expect([read.text.length, read.crews.length]).toEqual([200, 100]);
  });
  test("each only once, whatever its case", () => {
    const read = readFilters(`status=confirmed,scheduled,confirmed&crew=${CREW},${CREW.toUpperCase()}`);
    expect([read.statuses, read.crews]).toEqual([["scheduled", "confirmed"], [CREW]]);
  });
  test("dates the wrong way round are put right, and one alone is enough", () => {
    expect(readFilters("from=2026-05-02&until=2026-05-01")).toMatchObject({
      range: "dates",
      from: "2026-05-01",
      until: "2026-05-02",
    });
    expect(readFilters("range=week&until=2026-05-01")).toMatchObject({ range: "dates", from: null });
  });
});

describe("what the core is asked for", () => {
  test("usually everything but what is canceled", () => {
    expect(jobFilter(PLAIN).statuses).not.toContain("canceled");
    expect(jobFilter({ ...PLAIN, statuses: ["canceled"] }).statuses).toEqual(["canceled"]);
  });
  test("blanks are no text", () => expect(jobFilter({ ...PLAIN, text: "  " }).text).toBeNull());
  test("all of it", () =>
    expect(jobFilter(ALL)).toEqual({
      statuses: ["scheduled", "canceled"],
      services: ["residential", "none"],
      crews: [CREW],
      weather: false,
      min_priority: 4,
      text: ALL.text,
      outside: true,
      unassigned: true,
      clashing: true,
    }));
  test("the way it is shown narrows nothing", () => {
    expect(isNarrowed({ ...ALL, ...EVERY_JOB })).toBe(false);
    for (const key of Object.keys(EVERY_JOB) as (keyof typeof EVERY_JOB)[])
      expect([key, isNarrowed({ ...PLAIN, [key]: ALL[key] })]).toEqual([key, true]);
  });
});
