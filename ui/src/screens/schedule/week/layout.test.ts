import { describe, expect, test } from "vitest";

import { placeAll } from "../calendar/placed";
import { sampleJob, ZONE } from "../calendar/sample";
import { axis, blocks, FOLD, hoursOf, minutesAt, yOf } from "./layout";

/** Chicago in June is five hours behind UTC. */
const at = (hour: number, minute = 0, day = 18) =>
  new Date(Date.UTC(2026, 5, day, hour + 5, minute)).toISOString();
const on = (jobs: [string, string, string][], most = 4, date = "2026-06-18") =>
  blocks(
    placeAll(
      jobs.map(([id, start, end]) => sampleJob(id, start, end)),
      ZONE,
    ),
    date,
    most,
  );
const short = (jobs: [string, string, string][], most = 4) =>
  on(jobs, most).blocks.map(({ placed, lane, lanes }) => `${placed.job.id} ${lane}/${lanes}`);

describe("blocks of a day", () => {
  test("alone it has the whole width, also where one ends as the next begins", () =>
    expect(
      short([
        ["a", at(7), at(9)],
        ["b", at(9), at(11)],
      ]),
    ).toEqual(["a 0/1", "b 0/1"]));
  test("side by side where they overlap, and only there", () =>
    expect(
      short([
        ["a", at(7), at(12)],
        ["b", at(8), at(9)],
        ["c", at(9), at(10)],
        ["d", at(12), at(13)],
      ]),
    ).toEqual(["a 0/2", "b 1/2", "c 1/2", "d 0/1"]));
  test("too many to be read: the last place holds the others, and loses none", () => {
    const jobs = Array.from({ length: 60 }, (_, n): [string, string, string] => [
      `job${String(n).padStart(2, "0")}`,
      at(6),
      at(15),
    ]);
    const { blocks: shown, overflow } = on(jobs, 3);
    expect(shown.map(({ lane, lanes }) => [lane, lanes])).toEqual([
      [0, 3],
      [1, 3],
    ]);
    expect(overflow).toHaveLength(1);
    expect(overflow[0]).toMatchObject({ lane: 2, lanes: 3, from: 360, until: 900 });
    expect(
      new Set([...shown.map((b) => b.placed.job.id), ...overflow[0]!.jobs.map((p) => p.job.id)]).size,
    ).toBe(60);
  });
  test("a night is in two days, and says that it goes on", () => {
    const night: [string, string, string][] = [["night", at(20), at(5, 0, 19)]];
    expect(on(night).blocks[0]).toMatchObject({ from: 1_200, until: 1_440, before: false, after: true });
    expect(on(night, 4, "2026-06-19").blocks[0]).toMatchObject({
      from: 0,
      until: 300,
      before: true,
      after: false,
    });
    expect(on(night, 4, "2026-06-20").blocks).toEqual([]);
  });
  test("many days are no block", () => expect(on([["long", at(7), at(15, 0, 20)]]).blocks).toEqual([]));
  test("a minute, and the hour that comes twice, can still be seen", () => {
    expect(on([["a", at(7), at(7, 1)]]).blocks[0]).toMatchObject({ from: 420, until: 450 });
    const twice = placeAll([sampleJob("a", "2026-11-01T06:45:00Z", "2026-11-01T07:15:00Z")], ZONE);
    expect(blocks(twice, "2026-11-01", 4).blocks[0]).toMatchObject({ from: 105, until: 135 });
  });
});

describe("the hours", () => {
  const work = { from: 360, until: 1_020 };
  test("of work with a little around, filling the window", () => {
    const it = axis(work, false, 1_044);
    expect([it.from, it.until, it.height]).toEqual([300, 1_080, 1_044]);
    expect(hoursOf(it)).toHaveLength(13);
  });
  test("never so narrow that nothing can be read", () => expect(axis(work, false, 100).minute * 60).toBe(44));
  test("the whole day has no folds", () => {
    const it = axis(work, true, 0);
    expect([it.from, it.until, yOf(0, it), yOf(1_440, it)]).toEqual([0, 1_440, 0, it.height]);
  });
  test("height rises with the time, through both folds", () => {
    const it = axis(work, false, 800);
    const heights = Array.from({ length: 97 }, (_, i) => yOf(i * 15, it));
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    expect([yOf(300, it), yOf(1_080, it), yOf(1_440, it)]).toEqual([FOLD, it.height - FOLD, it.height]);
  });
  test("a click means the half hour it is in", () => {
    const it = axis(work, false, 800);
    expect(minutesAt(yOf(430, it), it)).toBe(420);
    expect([minutesAt(0, it), minutesAt(9_999, it)]).toEqual([300, 1_050]);
  });
  test("hours written the wrong way round are the whole day", () =>
    expect(axis({ from: 1_020, until: 360 }, false, 0)).toMatchObject({ from: 0, until: 1_440 }));
});
