import { addDays } from "$/lib/dates";
import { officeDate } from "$/lib/time";
import {
  datesOf,
  instantAt,
  isWorkday,
  placedAt,
  stepWorkday,
  timeOf,
  workdaysLater,
  workdaysOf,
  type Workdays,
} from "$/screens/schedule/rain/workdays";

import type { Answering, RAIN } from "./asking";
import type { AgreedMove, Contact, CustomerMessage, PlannedMove, PlanProblem, RainRequest } from "./client";
import type { FakeJob } from "./fake-board";
import { uuid } from "./fake-data";
import { clashesOf, reassigned, shown, warningsOf } from "./fake-judge";
import { callWords, contactOf, keptWords, lostWords, moveWords, movedWords, stays } from "./fake-rain-words";
import { refusal, type FakeSchedule } from "./fake-schedule";

type Part = Answering<typeof RAIN>;

/** A message, and of which change. */
export type FakeMessage = Omit<CustomerMessage, "job"> & { job_id: string; change_id: string };

/** How many working days ahead a place is looked for. */
const AHEAD = 12;
const OVER = new Set(["completed", "canceled"]);

/** Rain-outs in the office in memory. The plan is simple, and honest: it never makes a clash and never loses a job. */
export class FakeRain implements Part {
  messages: FakeMessage[] = [];
  /** No place is looked for later than so many working days. */
  ahead = AHEAD;
  #next = 0;

  constructor(private readonly board: FakeSchedule) {}

  planRainOut: Part["planRainOut"] = (request) => {
    if (request.days.length === 0) throw refusal("invalid", "Choose a day.", "days");
    const hit = this.#hit(request);
    const kept = hit.filter((job) => stays(job) !== null);
    const moving = hit.filter((job) => stays(job) === null);
    const first = [...request.days].sort()[0]!;
    const others =
      request.strategy === "push_all"
        ? this.board.jobs.filter(
            (job) =>
              !hit.includes(job) &&
              !OVER.has(job.status) &&
              stays(job) === null &&
              officeDate(job.start, this.board.zone) >= first,
          )
        : [];
    const all = [...moving, ...others].sort(
      (a, b) => b.priority - a.priority || (a.start < b.start ? -1 : 1),
    );
    const ids = new Set(all.map((job) => job.id));
    const placed = this.board.jobs.filter((job) => !ids.has(job.id));
    const moves = all.map((job) => {
      const [to, why] = this.#find(job, request, placed, hit.includes(job));
      placed.push(to ?? job);
      return this.#planned(job, to, why, hit.includes(job));
    });
    moves.sort((a, b) => (a.start ?? "~").localeCompare(b.start ?? "~"));
    return structuredClone({
      as_of: this.board.as_of,
      zone: this.board.zone,
      moves,
      kept: kept.map((job) => ({
        job: shown(job),
        why: keptWords(job, request, this.board.zone),
        tell: this.#tell(job),
      })),
      days_of_delay: moves.reduce((sum, move) => sum + Math.max(0, move.start ? move.days_later : 0), 0),
    });
  };

  checkRainOut: Part["checkRainOut"] = (request, moves) => {
    const after = this.#after(moves);
    const days = new Set(request.days);
    return moves.flatMap(({ job: { id } }): PlanProblem[] => {
      const job = after.find((one) => one.id === id);
      if (!job) return [];
      const clash = clashesOf(this.board, job, after, true)[0];
      const rained = job.weather_dependent && datesOf(job, this.board.zone).some((date) => days.has(date));
      return [
        ...(clash
          ? [
              {
                job_id: id,
                text: `${clash.resource_name} is at ${clash.other_address} then.`,
                refuses: true,
              },
            ]
          : []),
        ...(rained ? [{ job_id: id, text: "It would still be in the rain.", refuses: false }] : []),
        ...warningsOf(this.board, job).map(({ text }) => ({ job_id: id, text, refuses: false })),
      ];
    });
  };

  applyRainOut: Part["applyRainOut"] = ({ request, moves, reason, override_reason }) => {
    if (reason.trim() === "") throw refusal("invalid", "Say why, in a few words.", "reason");
    const ids = new Set(moves.map((move) => move.job.id));
    const before = new Map(this.board.jobs.map((job) => [job.id, job]));
    // Where they were: the rain days that are recorded, and where the jobs go, come after.
    const hit = this.#hit(request);
    const outcome = this.board.save({
      jobs: this.#after(moves).filter((job) => ids.has(job.id)),
      versions: moves.map(({ job: { id, version } }) => ({ id, version })),
      summary:
        moves.length === 0
          ? "Rain-out: rain days recorded"
          : `Rain-out: ${moves.length} ${moves.length === 1 ? "job" : "jobs"} moved`,
      reason,
      overrideReason: override_reason,
    });
    if (outcome.kind !== "done" || !outcome.change) return outcome;
    for (const date of request.days)
      this.board.timeOff = [
        ...this.board.timeOff,
        {
          id: this.board.newId(),
          kind: "rain",
          person_id: null,
          machine_id: null,
          start: instantAt(date, "00:00", this.board.zone),
          end: instantAt(addDays(date, 1), "00:00", this.board.zone),
          note: reason,
        },
      ];
    const { id } = outcome.change;
    const moved = outcome.jobs.filter((job) => {
      const was = before.get(job.id)!;
      return was.start !== job.start || was.end !== job.end;
    });
    for (const job of hit) if (!moved.some((one) => one.id === job.id)) this.#call(job, id, reason);
    for (const job of moved) this.#write(before.get(job.id)!, this.board.jobOf(job.id), id, reason);
    this.board.changed();
    return outcome;
  };

  customerMessages: Part["customerMessages"] = ({ change_id, open }) =>
    structuredClone(
      this.messages
        .map((message) => this.#now(message))
        .filter(
          (message) =>
            (change_id === null || message.change_id === change_id) && (!open || message.state === "draft"),
        )
        .map(({ job_id, change_id: _, ...message }) => {
          const job = this.board.jobs.find((one) => one.id === job_id);
          return { ...message, job: job ? shown(job) : null };
        }),
    );

  saveMessage: Part["saveMessage"] = ({ version, ...input }) => {
    const now = this.messages.find((message) => message.id === input.id);
    if (!now) throw refusal("not_found", "That message is not there any more.");
    if (now.version !== version) throw refusal("version_conflict", "Somebody else saved this meanwhile.");
    this.messages = this.messages.map((message) =>
      message.id === input.id
        ? {
            ...message,
            ...input,
            body: input.body.trimEnd(),
            note: input.note?.trim() || null,
            version: version + 1,
          }
        : message,
    );
    this.board.changed();
    return this.customerMessages({ change_id: null, open: false }).find(
      (message) => message.id === input.id,
    )!;
  };

  /** What somebody else does to it meanwhile. */
  elsewhere(id: string, change: Partial<FakeMessage>): void {
    this.messages = this.messages.map((message) =>
      message.id === id ? { ...message, ...change, version: message.version + 1 } : message,
    );
    this.board.changed();
  }

  #hit({ days, from_time }: RainRequest): FakeJob[] {
    const { zone } = this.board;
    const first = [...days].sort()[0]!;
    const begins = Date.parse(instantAt(first, from_time ?? "00:00", zone));
    return this.board.jobs.filter(
      (job) =>
        job.weather_dependent &&
        !OVER.has(job.status) &&
        datesOf(job, zone).some(
          (date) => days.includes(date) && (date !== first || Date.parse(job.end) > begins),
        ),
    );
  }

  get #workdays(): Workdays {
    return workdaysOf({ hours: this.board.hours, time_off: this.board.timeOff, zone: this.board.zone });
  }

  #find(job: FakeJob, request: RainRequest, placed: FakeJob[], hit: boolean): [FakeJob | null, string] {
    const { zone, crews } = this.board;
    const workdays = this.#workdays;
    const push = request.strategy === "push_all";
    const own = crews.find((crew) => crew.id === job.crews[0]);
    const others =
      request.other_crews && own && !push ? crews.filter((crew) => crew !== own && crew.active) : [];
    let date = officeDate(job.start, zone);
    let busy: string | null = null;
    for (let i = 1; i <= (push ? request.push_days : this.ahead); i++) {
      date = stepWorkday(date, 1, workdays);
      if (push && i < request.push_days) continue;
      const span = placedAt(job, date, timeOf(job.start, zone), workdays);
      const dates = datesOf(span, zone);
      if (dates.some((one) => request.days.includes(one)) || !isWorkday(dates[0] ?? "", workdays)) continue;
      const here = { ...job, ...span };
      const clash = clashesOf(this.board, here, placed, true)[0];
      if (!clash) return [here, movedWords(job, request, workdays)];
      busy = clash.resource_name;
      // Another crew only where its own would have to wait.
      if (i < 3) continue;
      for (const other of others) {
        const there = reassigned(this.board, here, { kind: "crew", from: own!.id, to: other.id });
        if (clashesOf(this.board, there, placed, true).length === 0)
          return [there, movedWords(job, request, workdays, other.name)];
      }
    }
    return [null, lostWords(date, busy, hit)];
  }

  #planned(job: FakeJob, to: FakeJob | null, why: string, hit: boolean): PlannedMove {
    const { zone } = this.board;
    return {
      job: shown(job),
      hit,
      start: to?.start ?? null,
      end: to?.end ?? null,
      crews: to?.crews ?? job.crews,
      why,
      days_later: to
        ? workdaysLater(officeDate(job.start, zone), officeDate(to.start, zone), this.#workdays)
        : 0,
      tell: this.#tell(job),
    };
  }

  #tell(job: FakeJob): Contact {
    return contactOf(
      job,
      this.board.contracts.find((one) => one.id === job.contract_id),
    );
  }

  /** The board as it would be. */
  #after(moves: AgreedMove[]): FakeJob[] {
    const to = new Map(moves.map((move) => [move.job.id, move]));
    return this.board.jobs.map((job) => {
      const move = to.get(job.id);
      if (!move) return job;
      const moved = { ...job, start: move.job.start, end: move.job.end };
      if (!move.crews) return moved;
      return reassigned(this.board, moved, {
        kind: "crew",
        from: job.crews[0] ?? null,
        to: move.crews[0] ?? null,
      });
    });
  }

  /** About a job that stays in the rain: a date is to be agreed on, and nobody writes about that. */
  #call(job: FakeJob, change_id: string, reason: string): void {
    const { phone } = this.#tell(job);
    this.#add(job, change_id, "phone", phone, null, callWords(job, reason, this.board.zone));
  }

  #write(before: FakeJob, after: FakeJob, change_id: string, reason: string): void {
    const tell = this.#tell(after);
    const { subject, body } = moveWords(before, after, tell, reason, this.board.zone);
    this.#add(
      after,
      change_id,
      tell.method,
      tell.method === "email" ? tell.email : tell.phone,
      subject,
      body,
    );
  }

  #add(
    job: FakeJob,
    change_id: string,
    channel: string,
    to_address: string | null,
    subject: string | null,
    body: string,
  ): void {
    this.messages = [
      ...this.messages,
      {
        ...{ id: uuid(95_000 + (this.#next += 1)), version: 1, job_id: job.id, change_id, channel },
        ...{ to_name: this.#tell(job).name, to_address, subject, body, state: "draft", note: null },
        created_at: this.board.as_of,
      },
    ];
  }

  /** Nobody is told of what was taken back. */
  #now(message: FakeMessage): FakeMessage {
    return message.state === "draft" && this.#undone(message.change_id)
      ? { ...message, state: "dropped" }
      : message;
  }

  #undone(id: string): boolean {
    const by = this.board.changes.all.find((change) => change.id === id)?.undone_by ?? null;
    return by !== null && !this.#undone(by);
  }
}
