import { describe, expect, test } from "vitest";

import type { PlannedMove, RainPlan } from "$/ipc/client";
import { boardJob, crewId } from "$/ipc/fake-board";
import { at, ZONE } from "$/ipc/fake-data";
import { shown } from "$/ipc/fake-judge";

import {
  agreed,
  delayWords,
  rowsOf,
  stepped,
  summaryOf,
  summarySentence,
  toldBy,
  withEdit,
  withoutEdit,
  type Edits,
} from "./edits";
import type { Workdays } from "./workdays";

const workdays: Workdays = { zone: ZONE, working: new Set([1, 2, 3, 4, 5]), closed: new Set() };
const NONE: Edits = new Map();

function move(n: number, change: Partial<PlannedMove> = {}): PlannedMove {
  const job = shown(boardJob(n, { customer: `Customer ${n}`, crews: [crewId(0)] }));
  return {
    job,
    hit: true,
    start: at(6, 0, 1),
    end: at(15, 0, 1),
    crews: job.crews,
    why: "Free.",
    days_later: 1,
    tell: { name: job.customer, method: "phone", phone: `630 555 010${n}`, email: null },
    ...change,
  };
}
const plan = (...moves: PlannedMove[]): RainPlan => ({
  as_of: at(6),
  zone: ZONE,
  moves,
  kept: [],
  days_of_delay: moves.length,
});
const rows = (all: RainPlan, edits = NONE, problems: Parameters<typeof rowsOf>[2] = []) =>
  rowsOf(all, edits, problems, workdays);

describe("a row", () => {
  test("is as the plan has it", () => {
    const [row] = rows(plan(move(1)));
    expect(row).toMatchObject({ takes: true, byHand: false, days: 1 });
  });
  test("without a place stays until somebody chooses one", () => {
    const all = plan(move(1, { start: null, end: null, days_later: 0 }));
    const [lost] = rows(all);
    expect(lost).toMatchObject({ takes: false, place: null });
    const place = { start: at(6, 0, 4), end: at(15, 0, 4), crews: [crewId(0)] };
    const [found] = rows(all, withEdit(NONE, lost!, { place, takes: true }));
    expect(found).toMatchObject({ takes: true, byHand: true, days: 2 });
  });
  test("put back where it is now does not move", () => {
    const all = plan(move(1));
    const [row] = rows(all);
    const { start, end, crews } = row!.job;
    const [back] = rows(all, withEdit(NONE, row!, { place: { start, end, crews } }));
    expect(back).toMatchObject({ takes: false, byHand: true, days: 0 });
  });
  test("keeps what a person chose when the plan is made anew", () => {
    const [row] = rows(plan(move(1)));
    const place = { start: at(7, 0, 5), end: at(16, 0, 5), crews: [crewId(1)] };
    const edits = withEdit(NONE, row!, { place });
    const [later] = rows(plan(move(1, { start: at(6, 0, 6), end: at(15, 0, 6) })), edits);
    expect(later?.place).toEqual(place);
    expect(rows(plan(move(2)), edits)).toHaveLength(1);
  });
});

describe("an edit", () => {
  test("that says what the plan says anyway is none", () => {
    const [row] = rows(plan(move(1)));
    expect(
      withEdit(NONE, row!, {
        place: { ...row!.proposal!, start: row!.proposal!.start.replace("Z", "+00:00") },
      }).size,
    ).toBe(0);
    expect(withEdit(withEdit(NONE, row!, { takes: false }), row!, { takes: true }).size).toBe(0);
  });
  test("is taken back alone", () => {
    const [one, two] = rows(plan(move(1), move(2)));
    const edits = withEdit(withEdit(NONE, one!, { takes: false }), two!, { takes: false });
    expect([...withoutEdit(edits, one!.job.id).keys()]).toEqual([two!.job.id]);
  });
});

test("an arrow is a working day, with Shift any day; the hours stay", () => {
  const [row] = rows(plan(move(1)));
  // June 19 is a Friday.
  expect(stepped(row!, 1, workdays)).toEqual({ start: at(6, 0, 4), end: at(15, 0, 4), crews: [crewId(0)] });
  expect(stepped(row!, 1, workdays, true).start).toBe(at(6, 0, 2));
  expect(stepped(row!, -1, workdays).start).toBe(at(6));
});

describe("what is agreed", () => {
  test("are the jobs that move, with their versions, and crews only where they change", () => {
    const all = rows(plan(move(1), move(2, { crews: [crewId(3)] }), move(3, { start: null, end: null })));
    const left = rowsOf(
      plan(move(4)),
      withEdit(NONE, rows(plan(move(4)))[0]!, { takes: false }),
      [],
      workdays,
    );
    expect(agreed([...all, ...left])).toEqual([
      {
        job: { id: all[0]!.job.id, version: 1, start: at(6, 0, 1), end: at(15, 0, 1), reassign: null },
        crews: null,
      },
      {
        job: { id: all[1]!.job.id, version: 1, start: at(6, 0, 1), end: at(15, 0, 1), reassign: null },
        crews: [crewId(3)],
      },
    ]);
  });
  test("goes ahead over the versions that are there now", () => {
    const all = rows(plan(move(1)));
    expect(agreed(all, new Map([[all[0]!.job.id, 7]]))[0]?.job.version).toBe(7);
  });
});

describe("the summary", () => {
  test("counts what moves, stays and is lost, and whom to tell by job, as it is drafted", () => {
    const same = { tell: { name: "Oak Ridge", method: "phone", phone: "1", email: null } };
    const all = plan(
      move(1, same),
      move(2, { ...same, days_later: 3 }),
      move(3, { start: null, end: null }),
      move(4),
    );
    const edits = withEdit(NONE, rows(all)[3]!, { takes: false });
    const kept = [
      {
        job: shown(boardJob(9)),
        why: "Confirmed.",
        tell: { name: "Elgin", method: "phone", phone: "2", email: null },
      },
    ];
    const summary = summaryOf(rows(all, edits), kept);
    expect(summary).toMatchObject({ moves: 2, kept: 1, left: 1, unplaced: 1, delay: 4, tell: 5 });
    expect(summarySentence(summary)).toBe(
      "2 jobs move, 2 stay, 1 found no place, 4 working days of delay in all; customers of 5 jobs to tell.",
    );
  });
  test("a job that comes sooner does not make up for another's delay", () => {
    const all = plan(move(1, { days_later: -2 }), move(2, { days_later: 2 }));
    expect(summaryOf(rows(all), []).delay).toBe(2);
  });
  test("who only gets another crew has to be told only where it still rains", () => {
    const { job } = move(1);
    const there = { start: job.start, end: job.end, crews: [crewId(2)], days_later: 0 };
    expect(summaryOf(rows(plan(move(1, { ...there, hit: false }))), [])).toMatchObject({ moves: 1, tell: 0 });
    expect(summaryOf(rows(plan(move(1, there))), [])).toMatchObject({ moves: 1, tell: 1 });
  });
  test("who is rained out and has no new date is called, however they like to be told", () => {
    const tell = { name: "Oak Ridge", method: "email", phone: null, email: "office@oakridge.example" };
    const [lost] = rows(plan(move(1, { start: null, end: null, tell })));
    expect(toldBy(lost!)).toEqual({ ...tell, method: "phone" });
    const [along] = rows(plan(move(1, { hit: false, tell })));
    expect(toldBy(along!)).toEqual(tell);
    const [left] = rows(plan(move(1, { hit: false, tell })), withEdit(NONE, along!, { takes: false }));
    expect(toldBy(left!)).toBeNull();
  });
  test("problems are counted by job, refusals apart", () => {
    const all = plan(move(1), move(2));
    const [one, two] = all.moves.map(({ job }) => job.id) as [string, string];
    const problems = [
      { job_id: one, text: "a", refuses: true },
      { job_id: one, text: "b", refuses: false },
      { job_id: two, text: "c", refuses: false },
    ];
    expect(rows(all, NONE, problems)[0]?.problems).toHaveLength(2);
    expect(summaryOf(rows(all, NONE, problems), [], problems)).toMatchObject({ refused: 1, doubtful: 1 });
  });
});

test.each([
  [0, "same day"],
  [1, "+1 day"],
  [12, "+12 days"],
  [-1, "1 day sooner"],
])("%i days later is %s", (days, words) => expect(delayWords(days)).toBe(words));
