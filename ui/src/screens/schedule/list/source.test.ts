import { describe, expect, test, vi } from "vitest";

import type { JobLine, JobList, JobListQuery } from "$/ipc/client";
import { OfficeError } from "$/ipc/errors";

import { gate, settle } from "../../../../tests/window";
import { sampleJob } from "../calendar/sample";
import { EVERY_JOB, jobFilter } from "../filters";
import { ListCursor } from "./cursor.svelte";
import { JobListSource, PAGE, type ListQuestion } from "./source.svelte";

const QUESTION: ListQuestion = {
  from: null,
  until: null,
  filter: jobFilter(EVERY_JOB),
  group: "day",
  sort: "start",
  descending: false,
};
const line = (id: string, change = {}): JobLine => ({
  group: "2026-06-18",
  job: sampleJob(id, "2026-06-18T12:00:00Z", "2026-06-18T20:00:00Z", change),
  crew_names: [],
  updated_at: "2026-06-18T12:00:00Z",
});

/** Pages as the database gives them: `after` is the last id of the page before. */
class Server {
  ids = Array.from({ length: 350 }, (_, n) => `j${String(n).padStart(4, "0")}`);
  versions = new Map<string, number>();
  asked: JobListQuery[] = [];
  jobList = vi.fn((query: JobListQuery): Promise<JobList> => {
    this.asked.push(query);
    const begin = query.after === null ? 0 : this.ids.findIndex((id) => id > query.after!);
    const items = begin < 0 ? [] : this.ids.slice(begin, begin + query.limit);
    const more = items.length > 0 && items.at(-1) !== this.ids.at(-1);
    return Promise.resolve({
      items: items.map((id) => line(id, { version: this.versions.get(id) ?? 1 })),
      groups: query.after === null ? [{ key: "2026-06-18", count: this.ids.length }] : [],
      total: query.after === null ? this.ids.length : null,
      next: more ? items.at(-1)! : null,
      copy_as_of: null,
      copy_days: null,
    });
  });
  async source() {
    const source = new JobListSource(this);
    await source.ask(QUESTION);
    return source;
  }
}
const ids = (source: JobListSource) => source.lines.map(({ job }) => job.id);

describe("the list of jobs", () => {
  test("shows a job as a change left it before it is read again, and nothing older", async () => {
    const server = new Server();
    server.versions.set("j0007", 3);
    const source = await server.source();
    const job = (id: string) => source.lines.find((one) => one.job.id === id)!.job;
    source.take([
      { ...job("j0005"), version: 2, address: "Moved Rd" },
      { ...job("j0007"), version: 2, address: "Older Rd" },
    ]);
    expect(job("j0005")).toMatchObject({ version: 2, address: "Moved Rd" });
    expect(job("j0007").version).toBe(3);
    expect(job("j0007").address).not.toBe("Older Rd");
    expect(server.asked).toHaveLength(1);
  });

  test("comes page after page, each from where the one before ended", async () => {
    const server = new Server();
    const source = await server.source();
    expect([ids(source).length, source.total, source.more]).toEqual([PAGE, 350, true]);
    source.look(80, 99);
    await settle();
    expect(server.asked.map(({ after }) => after)).toEqual([null, "j0099"]);
    source.look(330, 349);
    await settle();
    expect([ids(source), source.more]).toEqual([server.ids, false]);
    // Far down: not in small steps.
    expect(server.asked.at(-1)!.limit).toBeGreaterThan(PAGE);
  });
  test("an answer to an older question is dropped, and the old lines stay until the new ones are there", async () => {
    const server = new Server();
    const source = await server.source();
    const slow = gate();
    server.jobList.mockImplementationOnce(async () => {
      await slow.closed;
      return { items: [line("old")], groups: [], total: 1, next: null, copy_as_of: null, copy_days: null };
    });
    const first = source.ask({ ...QUESTION, group: "status" });
    expect(ids(source)).toHaveLength(PAGE);
    server.ids = ["new"];
    expect(await source.ask({ ...QUESTION, group: "crew" })).toBe(true);
    slow.open();
    expect([await first, ids(source), source.loading]).toEqual([false, ["new"], false]);
  });
  test("a change reads again what is looked at and the count, and the rest when it comes into sight", async () => {
    const server = new Server();
    const source = await server.source();
    for (const last of [110, 210, 310]) {
      source.look(last - 20, last);
      await settle();
    }
    source.look(100, 130);
    server.versions.set("j0005", 2).set("j0110", 2).set("j0300", 2);
    server.asked = [];
    await source.refresh();
    const version = (id: string) => source.lines.find(({ job }) => job.id === id)?.job.version;
    expect([version("j0005"), version("j0110"), version("j0300")]).toEqual([2, 2, 1]);
    source.look(290, 310);
    await vi.waitFor(() => expect(version("j0300")).toBe(2));
  });
  test("a job that moved to another page is there once, and nothing between two pages is lost", async () => {
    const server = new Server();
    const source = await server.source();
    source.look(90, 120);
    await settle();
    // Two come in above: the pages begin elsewhere now.
    server.ids = ["j0000a", "j0000b", ...server.ids].sort();
    await source.refresh();
    expect(ids(source)).toEqual(server.ids.slice(0, ids(source).length));
    expect(source.total).toBe(352);
    server.ids = server.ids.filter((id) => id !== "j0050");
    await source.refresh();
    expect(ids(source)).not.toContain("j0050");
    expect(new Set(ids(source)).size).toBe(ids(source).length);
  });
  test("shorter than before: back to what there is", async () => {
    const server = new Server();
    const source = await server.source();
    source.look(0, 340);
    await settle();
    server.ids = server.ids.slice(0, 3);
    await source.refresh();
    expect([ids(source), source.more, source.total]).toEqual([server.ids, false, 3]);
  });
  test("a page that fails keeps what is there, and is asked for again", async () => {
    const server = new Server();
    const source = await server.source();
    server.jobList.mockRejectedValueOnce(
      new OfficeError({ code: "no_answer", message: "It does not answer.", field: null, details: null }),
    );
    source.look(80, 110);
    await settle();
    expect([source.moreError?.code, ids(source).length]).toEqual(["no_answer", PAGE]);
    source.retry();
    await settle();
    expect([source.moreError, ids(source).length]).toEqual([null, 2 * PAGE]);
  });
  test("a first reading that failed is asked for again when something changes, or while it is under way", async () => {
    const server = new Server();
    const source = new JobListSource(server);
    const no = new OfficeError({ code: "no_answer", message: "No.", field: null, details: null });
    server.jobList.mockRejectedValueOnce(no);
    expect([await source.ask(QUESTION), source.error?.code, source.loaded]).toEqual([
      false,
      "no_answer",
      false,
    ]);
    await source.refresh();
    expect([source.error, source.loaded, ids(source).length]).toEqual([null, true, PAGE]);
    const slow = gate();
    server.jobList.mockImplementationOnce(async () => {
      await slow.closed;
      return { items: [line("old")], groups: [], total: 1, next: null, copy_as_of: null, copy_days: null };
    });
    const asked = source.ask({ ...QUESTION, group: "crew" });
    void source.refresh();
    slow.open();
    await asked;
    await vi.waitFor(() => expect(ids(source)).toContain("j0001"));
  });
  test("another question that failed is asked again, not the pages of the one before", async () => {
    const server = new Server();
    const source = await server.source();
    const answered = vi.fn();
    source.onanswer = answered;
    source.look(80, 120);
    await settle();
    server.jobList.mockRejectedValueOnce(
      new OfficeError({ code: "no_answer", message: "No.", field: null, details: null }),
    );
    const other = { ...QUESTION, group: "status" as const };
    await source.ask(other);
    expect([source.error?.code, ids(source).length]).toEqual(["no_answer", 2 * PAGE]);
    server.asked = [];
    source.look(80, 199);
    source.retry();
    await settle();
    expect(server.asked).toEqual([{ ...other, after: null, limit: PAGE }]);
    expect([source.error, ids(source).length]).toEqual([null, PAGE]);
    expect(answered).toHaveBeenCalledTimes(1);
  });
  test("what has gone is not chosen any more; what only slid to the next page is", async () => {
    const server = new Server();
    const source = await server.source();
    const cursor = new ListCursor(() => []);
    source.ongone = (ids) => cursor.drop(ids);
    for (const { job } of source.lines.filter((_, n) => n === 5 || n === 99)) cursor.toggle(job);
    server.ids = ["j0000a", "j0000b", ...server.ids.filter((id) => id !== "j0005")].sort();
    source.look(0, 20);
    await source.refresh();
    expect([...cursor.chosen.keys()]).toEqual(["j0099"]);
  });
  test("an empty page that promises more does not go on for ever", async () => {
    const server = new Server();
    const source = await server.source();
    server.jobList.mockResolvedValue({
      items: [],
      groups: [],
      total: null,
      next: "again",
      copy_as_of: null,
      copy_days: null,
    });
    source.look(90, 340);
    await settle();
    expect([server.jobList.mock.calls.length, source.more]).toEqual([2, false]);
  });
});
