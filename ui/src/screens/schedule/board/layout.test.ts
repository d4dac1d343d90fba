import { describe, expect, test } from "vitest";

import { FakeSchedule } from "$/ipc/fake-schedule";
import { bigBoard, boardJob, crewId, jobId, personId } from "$/ipc/fake-board";
import { at, ZONE } from "$/ipc/fake-data";
import type { Schedule } from "$/ipc/client";

import { EVERY_JOB, jobFilter } from "../filters";
import { makeAxis } from "./axis";
import { lanes } from "./lanes";
import { layOut, rowAt, rowHeight, rowsBetween, within } from "./layout";
import { loadOf, shiftsOf, type Missing } from "./load";
import { Precheck } from "./precheck";
import { reassigned } from "./reassign";
import { rowsOf } from "./rows";
import { awaySentence, awayWords } from "./words";

const sizes = { bar: 24, gap: 3, pad: 5, least: 52 };

function schedule(from: string, until: string, board = new FakeSchedule()): Schedule {
  return board.schedule({ from, until, filter: jobFilter(EVERY_JOB) });
}
function month(data: Schedule, dayWidth = 30) {
  const { from, until, hours } = data;
  return makeAxis({ from, until, zone: ZONE, hours, night: false, boxes: true, dayWidth });
}
function big(): Schedule {
  const board = new FakeSchedule();
  board.fill(bigBoard());
  return schedule("2026-06-01", "2026-07-01", board);
}

describe("lanes", () => {
  test("nothing lies over anything, and no lane is wasted", () => {
    const { lane, count } = lanes([
      { x: 0, width: 50 },
      { x: 10, width: 20 },
      { x: 30, width: 10 },
      { x: 50, width: 5 },
    ]);
    expect(lane).toEqual([0, 1, 1, 0]);
    expect(count).toBe(2);
  });

  test("2,000 on one row are no trouble", () => {
    const all = Array.from({ length: 2_000 }, (_, i) => ({ x: i, width: 40 + (i % 200) }));
    const start = performance.now();
    const { lane, count } = lanes(all);
    // Measured 2 ms; a machine busy with other things must not fail it, going through all pairs must.
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(count).toBeLessThanOrEqual(240);
    const ends = new Map<number, number>();
    all.forEach(({ x, width }, i) => {
      expect(ends.get(lane[i]!) ?? 0).toBeLessThanOrEqual(x);
      ends.set(lane[i]!, x + width);
    });
  });
});

describe("the board of 50 crews and 2,000 jobs", () => {
  const data = big();
  const axis = month(data);
  const layout = layOut(rowsOf(data, "crews"), axis, sizes);

  test("holds every job once, none over another", () => {
    const ids = layout.rows.flatMap(({ bars }) => bars.map(({ job }) => job.id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(data.jobs.length);
    for (const { bars } of layout.rows)
      for (const [i, a] of bars.entries())
        for (const b of bars.slice(i + 1))
          if (a.lane === b.lane) expect(a.x + a.width <= b.x || b.x + b.width <= a.x).toBe(true);
  });

  test("finds the row at every height", () => {
    for (const [i, row] of layout.rows.entries()) {
      expect(rowAt(layout, row.y)).toBe(i);
      expect(rowAt(layout, row.y + row.height - 0.5)).toBe(i);
    }
    expect(rowAt(layout, -10)).toBe(0);
    expect(rowAt(layout, 1e9)).toBe(layout.rows.length - 1);
    const { first, last } = rowsBetween(layout, 1_000, 1_800);
    expect(layout.rows[first]!.y).toBeLessThanOrEqual(1_000);
    expect(layout.tops[last]).toBeGreaterThanOrEqual(1_800);
  });

  test("a box selects what it touches", () => {
    const row = layout.rows[3]!;
    const bar = row.bars[5]!;
    const top = row.y + sizes.pad + bar.lane * (sizes.bar + sizes.gap);
    const box = { left: bar.x + 1, right: bar.x + 2, top: top + 1, bottom: top + 2 };
    expect([...within(layout, box, sizes)]).toEqual([bar.job.id]);
  });
});

test("a row is as high as its lanes", () => {
  expect(rowHeight(0, sizes)).toBe(52);
  expect(rowHeight(4, sizes)).toBe(10 + 4 * 24 + 3 * 3);
});

describe("rows", () => {
  test("work that nobody has is at the top", () => {
    const data = schedule("2026-06-15", "2026-06-22");
    const [first] = rowsOf(data, "crews");
    expect(first!.id).toBeNull();
    expect(first!.jobs.map((job) => job.crews)).toEqual(first!.jobs.map(() => []));
    expect(first!.jobs.length).toBeGreaterThan(0);
    expect(rowsOf(data, "machines").at(-1)!.id).toBeNull();
  });

  test("a job stands on the row of each of its people", () => {
    const data = schedule("2026-06-15", "2026-06-22");
    const rows = rowsOf(data, "people");
    const job = data.jobs.find(({ people }) => people.length === 4)!;
    expect(
      rows
        .filter(({ jobs }) => jobs.includes(job))
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...job.people].sort());
  });

  test("a crew that nobody knows leaves its job to be assigned", () => {
    const data = schedule("2026-06-15", "2026-06-22");
    const jobs = [{ ...data.jobs[0]!, crews: ["gone"] }];
    expect(rowsOf({ ...data, jobs }, "crews")[0]!.jobs).toHaveLength(1);
  });
});

describe("who is away", () => {
  const data = schedule("2026-06-22", "2026-06-29");
  const [crew] = data.crews;
  const [one, other] = crew!.members;
  const off = (id: string, person_id: string, start: string, end: string) => ({
    ...data.time_off[0]!,
    ...{ id, person_id, machine_id: null, start, end },
  });
  const rows = (...time_off: Schedule["time_off"]) =>
    rowsOf({ ...data, time_off }, "crews").find(({ id }) => id === crew!.id)!;

  test("is marked on the row of the crew, by how many", () => {
    const { away } = rows(
      off("a", one!, at(0, 0, 4), at(0, 0, 6)),
      off("b", other!, at(0, 0, 5), at(0, 0, 7)),
      off("c", personId(999), at(0, 0, 4), at(0, 0, 9)),
    );
    expect(away.map(({ start, end, people }) => [start, end, people.length])).toEqual([
      [at(0, 0, 4), at(0, 0, 5), 1],
      [at(0, 0, 5), at(0, 0, 6), 2],
      [at(0, 0, 6), at(0, 0, 7), 1],
    ]);
    expect(awayWords(away[0]!)).toBe(`1 of ${crew!.members.length} away`);
    expect(awaySentence(away[0]!, data)).toContain(data.people.find(({ id }) => id === one)!.name);
  });
  test("twice over, and with one leave after the other, is away once", () => {
    const { away } = rows(
      off("a", one!, at(0, 0, 4), at(0, 0, 6)),
      off("b", one!, at(0, 0, 5), at(0, 0, 7)),
      off("c", one!, at(0, 0, 7), at(0, 0, 8)),
    );
    expect(away).toMatchObject([{ start: at(0, 0, 4), end: at(0, 0, 8), people: [one] }]);
  });
});

describe("load", () => {
  const board = new FakeSchedule();
  const week = (jobs: Partial<Schedule["jobs"][number]>[], off: Missing[] = []) => {
    const data = schedule("2026-06-22", "2026-06-29", board);
    const { hours } = data;
    const axis = makeAxis({
      from: data.from,
      until: data.until,
      zone: ZONE,
      hours,
      night: false,
      boxes: false,
      dayWidth: 100,
    });
    return loadOf(
      jobs.map((job) => boardJob(0, job)),
      off,
      shiftsOf(data, axis),
      axis,
    );
  };

  test("is booked against the working hours of the working days", () => {
    // Five days of twelve hours.
    expect(week([])).toEqual({ booked: 0, available: 60, share: 0 });
    expect(week([{ start: at(6, 0, 4), end: at(18, 0, 4) }]).share).toBeCloseTo(0.2);
  });
  test("a fifth of a crew away is a fifth less", () => {
    const off = { start: at(0, 0, 4), end: at(0, 0, 5), share: 0.2 };
    expect(week([], [off]).available).toBeCloseTo(57.6);
  });
  test("a job over the weekend counts its shifts", () => {
    // Thursday 6:00 to the Monday after: two shifts of this part.
    expect(week([{ start: at(6, 0, 7), end: at(12, 0, 11) }]).booked).toBe(24);
  });
  test("a night counts what it takes", () => {
    expect(week([{ start: at(20, 0, 4), end: at(4, 0, 5) }]).booked).toBe(8);
  });
  test("who is in two places has more than all of it", () => {
    const day = (n: number) => ({ start: at(6, 0, n), end: at(18, 0, n) });
    expect(week([4, 4, 5, 6, 7, 8].map(day)).share).toBeCloseTo(1.2);
  });
  test("who is away has less to give", () => {
    const leave = { id: "x", kind: "leave", person_id: "p", machine_id: null, note: null };
    expect(week([], [{ ...leave, start: at(0, 0, 4), end: at(12, 0, 5) }]).available).toBe(42);
    expect(week([], [{ ...leave, start: at(0, 0, 1), end: at(0, 0, 20) }]).share).toBeNull();
  });
});

describe("what is known before the office answers", () => {
  const board = new FakeSchedule();
  const data = schedule("2026-06-15", "2026-06-29", board);
  const precheck = new Precheck(data, ZONE);

  test("who is somewhere else", () => {
    const other = data.jobs.find((job) => job.people.length > 0 && job.status !== "completed")!;
    const placed = { ...other, id: "new", machines: [] };
    const [first] = precheck.check([placed]);
    expect(first).toMatchObject({ kind: "clash", otherId: other.id });
  });
  test("who is on leave", () => {
    const away = { id: "new", status: "scheduled", machines: [], people: [personId(5)] };
    const found = precheck.check([{ ...away, start: at(6, 0, 6), end: at(7, 0, 6) }]);
    expect(found.map(({ text }) => text)).toContain("Luis Ortega is on leave then.");
  });
  test("not those that move along", () => {
    const other = data.jobs.find((job) => job.people.length > 0 && job.status === "scheduled")!;
    expect(
      precheck
        .check([other, { ...other, id: jobId(999), people: [] }])
        .filter(({ otherId }) => otherId === other.id),
    ).toEqual([]);
  });
});

test("a crew takes its people with it", () => {
  const board = new FakeSchedule();
  const data = schedule("2026-06-15", "2026-06-22", board);
  const [one, other] = [crewId(0), crewId(1)];
  const members = (id: string) => data.crews.find((crew) => crew.id === id)!.members;
  const job = boardJob(1, { crews: [one], people: [...members(one), personId(24)] });
  const to = reassigned(job, { kind: "crew", from: one, to: other }, data);
  expect(to.crews).toEqual([other]);
  expect(to.people).toEqual([personId(24), ...members(other)]);
  expect(reassigned(job, { kind: "crew", from: one, to: null }, data)).toMatchObject({
    crews: [],
    people: [personId(24)],
  });
});
