import { expect, test } from "vitest";

import { EVERY_JOB, jobFilter } from "$/screens/schedule/filters";

import { bigBoard, jobId, usualBoard } from "./fake-board";
import { at, uuid } from "./fake-data";
import { FakeSchedule, refusal } from "./fake-schedule";

const filter = jobFilter(EVERY_JOB);
const query = { from: "2026-06-15", until: "2026-06-22", filter };

function free(board: FakeSchedule) {
  return board.jobs.find((job) => job.status === "scheduled" && job.clashes === 0 && job.crews.length === 1)!;
}
const move = (job: { id: string; version: number }, start: string, end: string) => ({
  ...{ id: job.id, version: job.version, start, end },
  reassign: null,
});

test("the same office every time, of a believable size", () => {
  const board = usualBoard();
  expect(usualBoard().jobs).toEqual(board.jobs);
  expect([board.crews.length, board.people.length, board.machines.length]).toEqual([6, 25, 30]);
  expect(board.jobs.length).toBeGreaterThan(100);
  expect(new Set(board.jobs.map(({ id }) => id)).size).toBe(board.jobs.length);
  expect(bigBoard().jobs).toHaveLength(2_000);
});

test("a move is seen, told, and undone", () => {
  const board = new FakeSchedule();
  let told = 0;
  board.changed = () => (told += 1);
  board.jobs = board.jobs.slice(0, 1).map((job) => ({ ...job, status: "scheduled" }));
  const [job] = board.jobs;
  const outcome = board.moveJobs([move(job!, at(8, 0, 9), at(12, 0, 9))], null, null);
  expect(outcome).toMatchObject({ kind: "done", jobs: [{ start: at(8, 0, 9), version: 2 }] });
  expect(told).toBe(1);
  if (outcome.kind === "done") board.changes.undo(outcome.change!.id);
  expect(board.jobOf(job!.id)).toMatchObject({ start: job!.start, version: 3 });
  expect(told).toBe(2);
});

test("nobody is put in two places without a reason", () => {
  const board = new FakeSchedule();
  const other = free(board);
  const job = board.jobs.find(
    (one) => one.crews[0] === other.crews[0] && one.id !== other.id && one.status === "scheduled",
  )!;
  const there = [move(job, other.start, other.end)];
  const refused = board.moveJobs(there, null, null);
  expect(refused.kind).toBe("clashes");
  if (refused.kind === "clashes")
    expect(refused.clashes).toContainEqual(
      expect.objectContaining({ job_id: job.id, other_job_id: other.id, resource_id: other.people[0] }),
    );
  expect(board.jobOf(job.id).start).toBe(job.start);
  expect(board.moveJobs(there, null, "Both are on one lot")).toMatchObject({ kind: "done" });
  expect(board.jobOf(job.id)).toMatchObject({ clashes: 0 });
  expect(board.jobOf(job.id).overridden).toBeGreaterThan(0);
});

test("what somebody else changed meanwhile is not written over", () => {
  const board = new FakeSchedule();
  const job = free(board);
  board.elsewhere(job.id, { priority: 5 });
  const stale = move(job, at(6, 0, 9), at(7, 0, 9));
  expect(board.moveJobs([stale], null, null)).toMatchObject({ kind: "changed", by: "Priya Raman" });
  expect(board.moveJobs([{ ...stale, id: uuid(1) }], null, null)).toMatchObject({ missing: [uuid(1)] });
});

test("a job the customer was told of is moved with a reason", () => {
  const board = new FakeSchedule();
  const job = board.jobs.find((one) => one.status === "confirmed")!;
  const moves = [move(job, at(6, 0, 40), at(7, 0, 40))];
  expect(() => board.moveJobs(moves, null, null)).toThrow(
    refusal("invalid", "Say why: the customer was told the old time.").message,
  );
  expect(board.moveJobs(moves, "It rains", null).kind).toBe("done");
});

test("the part is what touches it, and the filter narrows it", () => {
  const board = new FakeSchedule();
  const all = board.schedule(query);
  expect(all.jobs.every((job) => job.start < "2026-06-22T05:00" && job.end > "2026-06-15T05:00")).toBe(true);
  expect(all.jobs.some(({ status }) => status === "canceled")).toBe(false);
  const few = board.schedule({ ...query, filter: { ...filter, unassigned: true } });
  expect(few.jobs.length).toBeGreaterThan(0);
  expect(few.jobs.every((job) => job.crews.length + job.people.length === 0)).toBe(true);
  expect(few.clash_count).toBe(all.clash_count);
});

test("the list is sorted, grouped and paged", () => {
  const board = new FakeSchedule();
  const list = {
    from: null,
    until: null,
    filter,
    group: "none",
    sort: "customer",
    descending: false,
    limit: 30,
  } as const;
  const first = board.jobList({ ...list, after: null });
  const second = board.jobList({ ...list, after: first.next });
  const names = [...first.items, ...second.items].map(({ job }) => (job.customer ?? "\uffff").toLowerCase());
  expect(names).toEqual([...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  expect(new Set([...first.items, ...second.items].map(({ job }) => job.id)).size).toBe(60);
  const grouped = board.jobList({ ...list, group: "status", after: null });
  expect(grouped.groups.reduce((sum, { count }) => sum + count, 0)).toBe(first.total);
});

test("what would follow is said for all that move together", () => {
  const board = new FakeSchedule();
  const job = free(board);
  const check = {
    job_id: job.id,
    start: at(6, 0, 15),
    end: at(14, 0, 15),
    reassign: null,
    words: null,
    weather_dependent: null,
  };
  const [said] = board.checkJobs([check]);
  expect(said!.warnings.map(({ kind }) => kind)).toContain("closed");
  expect(() => board.jobOf(jobId(9_999))).toThrow();
});
