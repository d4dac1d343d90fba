import {
  addClock,
  dateOf,
  instantOf,
  isWorkingDay,
  local,
  localOf,
  minutesOfDay,
  nextDay,
  timeOf,
} from "$/screens/schedule/job/when";

import type { Answering, JOBS } from "./asking";
import type {
  Assigned,
  HistoryLine,
  JobDetail,
  JobEdit,
  JobInput,
  LikelyMove,
  ResourceWord,
  UnknownName,
} from "./client";
import { boardJob, type FakeJob } from "./fake-board";
import { clashesOf, nameOf, shown } from "./fake-judge";
import { choice, chosen, DONE, line, MAY_BECOME } from "./fake-status";
import { refusal, type FakeSchedule } from "./fake-schedule";

type Part = Answering<typeof JOBS>;

/** Editing jobs in the office in memory. */
export class FakeJobs implements Part {
  /** Jobs that were looked at. */
  looked = new Set<string>();
  /** A cancellation and what came instead, by id. */
  moves: { canceled: string; new: string; canceled_at: string }[] = [];
  /** Names that were matched, by what is written. */
  matched = new Map<string, { kind: ResourceWord["kind"]; id: string }>();
  /** A job that Today shows and the board does not have. */
  elsewhere: (id: string) => JobDetail | null = () => null;
  readonly #adopted = new Set<string>();

  constructor(private readonly board: FakeSchedule) {}

  jobEdit: Part["jobEdit"] = (id) => {
    const job = this.#job(id);
    const { source, calendly_event_uri, created_at, updated_at } = job;
    return structuredClone({
      ...this.#edit(job),
      ...{ id, version: job.version, source, calendly_event_uri, created_at, updated_at },
      may_become: MAY_BECOME[job.status] ?? [choice("scheduled", "Scheduled")],
    });
  };

  jobSeed: Part["jobSeed"] = ({ contract_id, copy_of, start, end, resource }) => {
    const { zone, hours, today } = this.board;
    let day = nextDay(today);
    while (!isWorkingDay(day, hours)) day = nextDay(day);
    const from = start ?? instantOf(local(day, hours.from), zone)?.instant ?? start ?? "";
    const until = end ?? instantOf(addClock(localOf(from, zone), 8 * 60), zone)?.instant ?? from;
    const base = copy_of === null ? boardJob(0, BLANK) : this.#job(copy_of);
    const contract = this.board.contracts.find((one) => one.id === contract_id);
    const members = this.board.crews.find((crew) => crew.id === resource?.id)?.members ?? [];
    const job: FakeJob = {
      ...base,
      ...(contract && {
        contract_id: contract.id,
        customer: contract.customer,
        address: contract.address,
      }),
      ...(resource?.kind === "crew" && { crews: [resource.id], people: members }),
      ...(resource?.kind === "person" && { people: [resource.id] }),
      ...(resource?.kind === "machine" && { machines: [resource.id] }),
      start: from,
      end: until,
      status: "scheduled",
    };
    return structuredClone({
      ...this.#edit(job),
      id: null,
      version: 0,
      may_become: [choice("confirmed", "Confirmed by the customer")],
      source: "manual_admin",
      calendly_event_uri: null,
      created_at: null,
      updated_at: null,
    });
  };

  createJob: Part["createJob"] = (input, reason, overrideReason) => {
    const job = this.#from(input, boardJob(0, { ...BLANK, id: this.board.newId(), version: 0 }));
    const summary = `Job of ${job.customer ?? "nobody"} entered`;
    return this.board.save({ jobs: [job], versions: null, summary, reason, overrideReason });
  };

  createJobs: Part["createJobs"] = (inputs, reason, overrideReason) => {
    const jobs = inputs.map((input) =>
      this.#from(input, boardJob(0, { ...BLANK, id: this.board.newId(), version: 0 })),
    );
    const summary = `${jobs.length} jobs scheduled`;
    return this.board.save({ jobs, versions: null, summary, reason, overrideReason });
  };

  saveJob: Part["saveJob"] = (id, version, input, reason, overrideReason) => {
    const before = this.#job(id);
    const now = this.#from(input, before);
    const moved = before.start !== now.start || before.end !== now.end;
    const status = MAY_BECOME[before.status]?.find((one) => one.status === now.status);
    const asked = status?.needs_reason ?? (before.status === "confirmed" && moved);
    if (asked && !reason?.trim())
      throw refusal(
        "invalid",
        status ? "Say why its status changes." : "Say why: the customer was told the old time.",
        "reason",
      );
    const did = now.status !== before.status ? (DONE[now.status] ?? "changed") : moved ? "moved" : "changed";
    const summary = `Job of ${now.customer ?? "nobody"} ${did}`;
    return this.board.save({ jobs: [now], versions: [{ id, version }], summary, reason, overrideReason });
  };

  /** Hours of work, laid into the office's days. */
  jobSpan: Part["jobSpan"] = (start, hours, skipDaysOff) => {
    const { zone, hours: office } = this.board;
    let left = Math.round(Number(hours) * 60);
    if (!(left > 0)) throw refusal("invalid", "Enter how many hours of work it is.", "duration_hours");
    let [day, at] = [dateOf(localOf(start, zone)), minutesOfDay(timeOf(localOf(start, zone)))];
    for (;;) {
      const room = Math.max(0, minutesOfDay(office.until) - at);
      if (left <= room) return this.#instant(addClock(local(day, "00:00"), at + left));
      left -= room;
      do day = nextDay(day);
      while (skipDaysOff && !isWorkingDay(day, office, this.#holidays()));
      at = minutesOfDay(office.from);
    }
  };

  contractChoices: Part["contractChoices"] = (text) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return this.board.contracts
      .filter((contract) =>
        words.every((word) =>
          `${contract.customer} ${contract.address} ${contract.phone ?? ""}`.toLowerCase().includes(word),
        ),
      )
      .slice(0, 20)
      .map(chosen);
  };

  jobHistory: Part["jobHistory"] = (id) => {
    const job = this.#job(id);
    const lines = this.board.changes.all
      .filter((change) => change.about?.id === id)
      .map((change): HistoryLine => {
        const { id, at, by, source, reason, fields, can_undo, why_not } = change;
        const sentence = change.undoes ? `Undone: ${change.summary}` : change.summary;
        return { id, at, by, source, change: "rescheduled", sentence, reason, fields, can_undo, why_not };
      });
    const told = this.#adopted.has(id) ? (this.elsewhere(id)?.changes ?? []) : [];
    if (told.length > 0) return structuredClone([...lines, ...told.map(line)]);
    const entered: HistoryLine = {
      id: `${id.slice(0, -4)}ffff`,
      at: job.created_at,
      by: job.source === "calendly_webhook" ? "calendly" : "Dana Neff",
      source: job.source,
      change: "scheduled",
      sentence: "Entered",
      reason: null,
      fields: [],
      can_undo: false,
      why_not: "A job is not deleted; cancel it instead.",
    };
    return structuredClone([...lines, entered]);
  };

  outside: Part["outside"] = () => {
    const { jobs } = this.board;
    const fresh = jobs.filter((job) => job.is_new && !this.looked.has(job.id));
    const moves = this.moves.flatMap((move): LikelyMove[] => {
      const canceled = jobs.find((job) => job.id === move.canceled);
      const instead = jobs.find((job) => job.id === move.new);
      return canceled && instead?.is_new
        ? [{ canceled: shown(canceled), canceled_at: move.canceled_at, new: shown(instead) }]
        : [];
    });
    return structuredClone({
      new_jobs: fresh.map((job) => ({ job: shown(job), created_at: job.created_at })),
      moves,
      unknown: this.#unknown(),
    });
  };

  markLookedAt: Part["markLookedAt"] = (ids) => {
    this.board.jobs = this.board.jobs.map((job) => (ids.includes(job.id) ? { ...job, is_new: false } : job));
    this.board.changed();
    return null;
  };

  matchName: Part["matchName"] = (machine, written, resource) => {
    const before = this.board.jobs;
    const members = this.board.crews.find((crew) => crew.id === resource.id)?.members ?? [];
    const after = before.map((job): FakeJob => {
      const named = job.unknown_names.some((one) => one.machine === machine && one.written === written);
      if (!named) return job;
      const unknown_names = job.unknown_names.filter((one) => one.written !== written);
      const people = resource.kind === "crew" ? members : resource.kind === "person" ? [resource.id] : [];
      return {
        ...job,
        unknown_names,
        crews: resource.kind === "crew" ? [...job.crews, resource.id] : job.crews,
        people: [...new Set([...job.people, ...people])],
        machines: resource.kind === "machine" ? [...job.machines, resource.id] : job.machines,
      };
    });
    const put = (jobs: FakeJob[]) => () => {
      this.board.jobs = jobs;
      this.board.changed();
    };
    put(after)();
    const name = nameOf(this.board, resource.kind, resource.id);
    const summary = `“${written}” is ${name}`;
    return this.board.changes.add(this.board.me, summary, null, [], put(before), put(after));
  };

  joinMoved: Part["joinMoved"] = (canceled, instead, overrideReason) => {
    const [was, now] = [this.#job(canceled.id), this.#job(instead.id)];
    const job = { ...was, start: now.start, end: now.end, status: "scheduled", is_new: false };
    const gone = { ...now, status: "canceled", is_new: false };
    const summary = `Job of ${was.customer ?? "nobody"} moved by the customer`;
    return this.board.save({
      jobs: [job, gone],
      versions: [canceled, instead],
      summary,
      overrideReason,
    });
  };

  /** What the job panel shows of a job of the board; null: it is another one's. */
  detail(id: string): JobDetail | null {
    const job = this.board.jobs.find((one) => one.id === id);
    if (!job || this.#adopted.has(id)) return null;
    const { customer, service_type, address, start, end, status, priority, weather_dependent } = job;
    const clashes = clashesOf(this.board, { ...job, agreed: {} }, this.board.jobs, true);
    const assigned = (["person", "machine"] as const).flatMap((kind) =>
      (kind === "person" ? job.people : job.machines).map((resource): Assigned => {
        const clash = clashes.find((one) => one.resource_id === resource);
        const crew = this.board.crews.find(
          (one) => job.crews.includes(one.id) && one.members.includes(resource),
        );
        const held = !["canceled", "completed"].includes(job.status);
        return {
          kind,
          id: resource,
          name: nameOf(this.board, kind, resource),
          via_crew: crew?.name ?? null,
          state: !held ? "released" : clash ? "conflict" : job.agreed[resource] ? "overridden" : "firm",
          other_job_id: clash?.other_job_id ?? null,
          other_address: clash?.other_address ?? null,
        };
      }),
    );
    return structuredClone({
      card: {
        ...{ id, customer, service_type, address, start, end, status, priority, weather_dependent },
        people: job.people.length,
        machines: job.machines.length,
        unknown: job.unknown_names.length,
        clashes: job.clashes,
      },
      contract_id: job.contract_id,
      special_instructions: job.instructions,
      duration_hours: job.duration_hours,
      assigned,
      unknown_names: job.unknown_names.map((one) => one.written),
      changes: [],
      created_at: job.created_at,
      updated_at: job.updated_at,
    });
  }

  #edit(job: FakeJob): Pick<JobEdit, "input" | "contract" | "related" | "zone"> {
    const contract = this.board.contracts.find((one) => one.id === job.contract_id);
    const related = this.board.jobs.filter(
      (one) => one.contract_id !== null && one.contract_id === job.contract_id && one.id !== job.id,
    );
    return {
      input: this.#input(job),
      contract: contract ? chosen(contract) : null,
      related: related.slice(0, 20).map(({ id, start, end, status, instructions }) => ({
        ...{ id, start, end, status },
        instructions: instructions?.slice(0, 80) ?? null,
      })),
      zone: this.board.zone,
    };
  }

  #input(job: FakeJob): JobInput {
    const { contract_id, start, end, status, address, instructions, duration_hours, priority } = job;
    const { weather_dependent, pinned, follows_job_id, follows_after_hours } = job;
    const inCrews = new Set(
      this.board.crews.filter((crew) => job.crews.includes(crew.id)).flatMap((crew) => crew.members),
    );
    const known = (kind: "crew" | "person" | "machine", ids: string[]) =>
      ids.map((id) => ({ kind, id, name: nameOf(this.board, kind, id), ambiguous: false }));
    const unknown = (machine: boolean) =>
      job.unknown_names
        .filter((one) => one.machine === machine)
        .map(({ written }) => ({ kind: null, id: null, name: written, ambiguous: false }));
    const crew = [
      ...known("crew", job.crews),
      ...known(
        "person",
        job.people.filter((id) => !inCrews.has(id)),
      ),
      ...unknown(false),
    ];
    const machines = [...known("machine", job.machines), ...unknown(true)];
    const placed = (words: Omit<ResourceWord, "item">[]) =>
      words.map((word, i) => ({ ...word, item: i + 1 }));
    return {
      ...{ contract_id, start, end, status, address, instructions, duration_hours, priority },
      ...{ weather_dependent, pinned, follows_job_id, follows_after_hours },
      crew: placed(crew),
      machines: placed(machines),
    };
  }

  #from(input: JobInput, before: FakeJob): FakeJob {
    if (input.end <= input.start) throw refusal("invalid", "The end comes after the start.", "end");
    const of = (words: ResourceWord[], kind: string) =>
      words.flatMap((word) => (word.kind === kind && word.id !== null ? [word.id] : []));
    const crews = of(input.crew, "crew");
    const members = this.board.crews.filter((one) => crews.includes(one.id)).flatMap((one) => one.members);
    const unknown = (words: ResourceWord[], machine: boolean) =>
      words.filter((word) => word.kind === null).map((word) => ({ machine, written: word.name }));
    const contract = this.board.contracts.find((one) => one.id === input.contract_id);
    const { crew: _, machines, ...same } = input;
    return {
      ...before,
      ...same,
      customer: contract?.customer ?? (input.contract_id === null ? null : before.customer),
      service_type: contract?.service_type ?? (input.contract_id === null ? null : before.service_type),
      crews,
      people: [...new Set([...members, ...of(input.crew, "person")])],
      machines: of(machines, "machine"),
      unknown_names: [...unknown(input.crew, false), ...unknown(machines, true)],
    };
  }

  #unknown(): UnknownName[] {
    const found = new Map<string, UnknownName>();
    for (const job of this.board.jobs)
      for (const { machine, written } of job.unknown_names) {
        const key = `${machine}:${written}`;
        const known = found.get(key);
        if (known) known.jobs += 1;
        else
          found.set(key, {
            machine,
            written,
            ambiguous: false,
            jobs: 1,
            suggestions: this.#alike(machine, written),
          });
      }
    return [...found.values()].sort((a, b) => b.jobs - a.jobs);
  }

  #alike(machine: boolean, written: string): UnknownName["suggestions"] {
    const words = written.toLowerCase().split(/\s+/);
    const all = machine
      ? this.board.machines.map(({ id, name }) => ({ kind: "machine" as const, id, name }))
      : this.board.people.map(({ id, name }) => ({ kind: "person" as const, id, name }));
    return all
      .filter(({ name }) =>
        words.some((word) => word.length > 2 && name.toLowerCase().includes(word.slice(0, 4))),
      )
      .slice(0, 3);
  }

  #job(id: string): FakeJob {
    const known = this.board.jobs.find((one) => one.id === id);
    const other = known ? null : this.elsewhere(id);
    if (known || !other) return known ?? this.board.jobOf(id);
    const { customer, service_type, address, start, end, status, priority, weather_dependent } = other.card;
    const job = boardJob(0, {
      ...{ id, customer, service_type, address, start, end, status, priority, weather_dependent },
      instructions: other.special_instructions,
      duration_hours: other.duration_hours,
      unknown_names: other.unknown_names.map((written) => ({ machine: false, written })),
      created_at: other.created_at,
      updated_at: other.updated_at,
    });
    this.#adopted.add(id);
    this.board.jobs = [...this.board.jobs, job];
    return job;
  }

  #instant(text: string): string {
    return instantOf(text, this.board.zone)?.instant ?? text;
  }

  #holidays(): Set<string> {
    return new Set(
      this.board.timeOff
        .filter((one) => one.kind === "holiday")
        .map((one) => dateOf(localOf(one.start, this.board.zone))),
    );
  }
}

const BLANK: Partial<FakeJob> = {
  customer: null,
  service_type: null,
  address: "",
  weather_dependent: true,
};
