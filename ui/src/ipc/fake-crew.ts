import { instantOf, localOf } from "$/screens/schedule/job/when";
import { addDays } from "$/lib/dates";
import { officeDate } from "$/lib/time";

import type { Answering, CREW } from "./asking";
import type {
  AwayEntry,
  CertificateMarks,
  ChangeRef,
  CrewOutcome,
  CrewSaved,
  FieldChange,
  JobClash,
  Membership,
  RecordRef,
  ResourceJob,
  ResourceJobs,
  ResourceKind,
} from "./client";
import type { FakeJob } from "./fake-board";
import { differences, type FakeChanges } from "./fake-changes";
import {
  nothing,
  satisfies,
  stateOf,
  tablesOf,
  week,
  type CrewTables,
  type FakeOff,
  type FakePerson,
} from "./fake-crew-data";
import { at, uuid } from "./fake-data";
import { refusal, type FakeSchedule } from "./fake-schedule";

type Part = Answering<typeof CREW>;
type Table = keyof CrewTables;
/** A row as it is to be; null: it goes. */
type Write = { table: Table; id: string; row: AnyRow | null };
type AnyRow = { id: string; version: number; [field: string]: unknown };

const LABELS = {
  name: "Name",
  role: "Role",
  kind: "Kind",
  status: "Status",
  email: "Email",
  phone: "Phone",
  notes: "Notes",
};

/** Crew and equipment of the office in memory. */
export class FakeCrew implements Part {
  #tables: CrewTables | null = null;
  #of: unknown = null;
  #next = 0;
  /** What the next change of who is in which crew would double book. */
  clashes: JobClash[] = [];

  constructor(
    private readonly board: FakeSchedule,
    private readonly changes: FakeChanges,
  ) {}

  /** As the board has them; anew when it was filled with others. */
  get tables(): CrewTables {
    if (!this.#tables || this.#of !== this.board.people) {
      this.#tables = tablesOf(this.board);
      this.#of = this.board.people;
    }
    return this.#tables;
  }

  roster: Part["roster"] = () => {
    const { people, crews, machines } = this.tables;
    const { today, zone } = this.board;
    const inside = this.#memberships().filter((m) => this.#holds(m, today));
    const words = (list: string[]) => [...new Set(list)].sort((a, b) => a.localeCompare(b));
    return structuredClone({
      zone,
      today,
      people: [...people.values()].sort(byName).map((p) => ({
        ...{ id: p.id, name: p.name, role: p.role, status: p.status, email: p.email, phone: p.phone },
        specializations: p.specializations,
        crews: inside.filter((m) => m.person_id === p.id).map((m) => m.crew_id),
        leads: inside.filter((m) => m.person_id === p.id && m.is_lead).map((m) => m.crew_id),
        away: this.#away(p.id),
        certificates: this.#marks(p),
        to_reassign: this.#stake("person", p.id, p.status).total,
      })),
      crews: [...crews.values()].sort(byName).map((w) => {
        const jobs = this.#jobs("crew", w.id);
        const members = inside.filter((m) => m.crew_id === w.id);
        return {
          ...{ id: w.id, name: w.name, color: w.color, status: w.status, members: members.length },
          lead: members.find((m) => m.is_lead)?.person_name ?? null,
          jobs: jobs.length,
          next_job: jobs.find((job) => job.start > this.board.as_of)?.start ?? null,
        };
      }),
      machines: [...machines.values()]
        .sort((a, b) => a.kind.localeCompare(b.kind) || byName(a, b))
        .map((m) => ({
          ...{ id: m.id, name: m.name, kind: m.kind, status: m.status, away: this.#away(m.id) },
          next_maintenance:
            this.#off(m.id)
              .map((o) => o.start)
              .filter((start) => start > this.board.as_of)
              .sort()[0] ?? null,
          jobs: this.#jobs("machine", m.id).length,
          to_reassign: this.#stake("machine", m.id, m.status).total,
        })),
      roles: words([...people.values()].map((p) => p.role)),
      machine_kinds: words([...machines.values()].map((m) => m.kind)),
      certificate_names: words([...people.values()].flatMap((p) => p.certificates.map((c) => c.name))),
    });
  };

  personRecord: Part["personRecord"] = (id) => {
    const p = this.#row("people", id, "person");
    const { today } = this.board;
    const jobs = this.#jobs("person", id).map((job) => this.#shown(job, "person", id));
    const held = (need: string) =>
      p.certificates.some(
        (c) => satisfies(c.name, need) && ["valid", "expiring"].includes(stateOf(c, today)),
      );
    return structuredClone({
      ...{
        id,
        version: p.version,
        name: p.name,
        role: p.role,
        status: p.status,
        email: p.email,
        phone: p.phone,
      },
      ...{ hire_date: p.hire_date, specializations: p.specializations, hours: p.hours },
      specializations_unreadable: p.specializations_unreadable,
      certificates: p.certificates.map((c, item) => ({ ...c, item, state: stateOf(c, today) })),
      certificates_unreadable: p.certificates_unreadable.map((written, i) => ({
        item: p.certificates.length + i,
        written,
      })),
      certificates_written: p.certificates_written,
      missing: this.#needs(p.role).filter((need) => !held(need)),
      has_contact: p.contact !== null,
      memberships: this.#memberships().filter((m) => m.person_id === id),
      time_off: this.#entries(id),
      jobs: { jobs: jobs.slice(0, 10), total: jobs.length },
      to_reassign: this.#stake("person", id, p.status),
      created_at: at(9, 0, -900),
      updated_at: at(9, 12, -2),
    });
  };

  crewRecord: Part["crewRecord"] = (id) => {
    const w = this.#row("crews", id, "crew");
    const jobs = this.#jobs("crew", id).map((job) => this.#shown(job, "crew", id));
    return structuredClone({
      ...w,
      memberships: this.#memberships().filter((m) => m.crew_id === id),
      jobs: { jobs: jobs.slice(0, 10), total: jobs.length },
      to_reassign: w.status === "active" ? { jobs: [], total: 0 } : { jobs, total: jobs.length },
      created_at: at(9, 0, -900),
      updated_at: at(9, 12, -2),
    });
  };

  machineRecord: Part["machineRecord"] = (id) => {
    const m = this.#row("machines", id, "machine");
    const jobs = this.#jobs("machine", id).map((job) => this.#shown(job, "machine", id));
    return structuredClone({
      ...m,
      maintenance: this.#entries(id),
      jobs: { jobs: jobs.slice(0, 10), total: jobs.length },
      to_reassign: this.#stake("machine", id, m.status),
      created_at: at(9, 0, -900),
      updated_at: at(9, 12, -2),
    });
  };

  resourceJobs: Part["resourceJobs"] = ({ kind, id, from, until }) => {
    const start = from ? this.#instant(from, "00:00") : "";
    const end = until ? this.#instant(addDays(until, 1), "00:00") : "9";
    const jobs = this.#jobs(kind, id).filter((job) => job.end > start && job.start < end);
    return { jobs: jobs.map((job) => this.#shown(job, kind, id)), total: jobs.length };
  };

  savePerson: Part["savePerson"] = (id, version, input) => {
    const old = id ? this.#seen("people", id, version, "person") : null;
    if (input.name.trim() === "") throw refusal("invalid", "Enter a name.", "name");
    const taken = [...this.tables.people.values()].some(
      (p) => p.id !== id && p.email !== null && p.email === input.email,
    );
    if (taken) throw refusal("invalid", "Somebody else has this email already.", "email");
    const person = id ?? this.#id();
    const { hours, certificates, specializations, keep_items, leave_crews, ...plain } = input;
    const base: FakePerson = old ?? {
      ...{ id: person, version: 0, ...plain, specializations: [], specializations_unreadable: null },
      hours: { days: nothing(), unreadable: null },
      ...{ certificates: [], certificates_unreadable: [], certificates_written: null, contact: null },
    };
    const kept = base.certificates_unreadable.filter((_, i) =>
      keep_items.includes(base.certificates.length + i),
    );
    const row: FakePerson = {
      ...base,
      ...plain,
      ...(specializations && { specializations, specializations_unreadable: null }),
      ...(hours && { hours: { days: hours.length === 7 ? hours : nothing(), unreadable: null } }),
      ...(certificates && {
        certificates: certificates.map(({ item, name, expires }) => {
          const was = item === null ? undefined : base.certificates[item];
          return { name, expires, written: was?.name === name && expires === null ? was.written : null };
        }),
        certificates_unreadable: kept,
        certificates_written: null,
      }),
    };
    const writes: Write[] = [{ table: "people", id: person, row }];
    if (leave_crews)
      for (const m of this.tables.memberships.values())
        if (m.person_id === person && (m.until === null || m.until > leave_crews))
          writes.push({
            table: "memberships",
            id: m.id,
            row: m.from !== null && m.from > leave_crews ? null : { ...m, until: leave_crews },
          });
    const left = { terminated: "left the company", on_leave: "went on leave", inactive: "set inactive" };
    const verb = !old
      ? "added"
      : old.status === row.status
        ? "changed"
        : (left[row.status as keyof typeof left] ?? "is active again");
    return this.#save(person, `${row.name} ${verb}`, { kind: "person", id: person }, writes);
  };

  saveCrew: Part["saveCrew"] = (id, version, input) => {
    const old = id ? this.#seen("crews", id, version, "crew") : null;
    const taken = [...this.tables.crews.values()].some((w) => w.id !== id && w.name === input.name.trim());
    if (taken) throw refusal("invalid", "There is a crew of this name already.", "name");
    const crew = id ?? this.#id();
    const row = { ...(old ?? { id: crew, version: 0 }), ...input };
    const verb = old ? "changed" : "added";
    return this.#save(crew, `Crew ${input.name} ${verb}`, { kind: "crew", id: crew }, [
      { table: "crews", id: crew, row },
    ]);
  };

  saveMachine: Part["saveMachine"] = (id, version, input) => {
    const old = id ? this.#seen("machines", id, version, "machine") : null;
    const taken = [...this.tables.machines.values()].some((m) => m.id !== id && m.name === input.name.trim());
    if (taken) throw refusal("invalid", "There is a machine of this name already.", "name");
    const machine = id ?? this.#id();
    const row = { ...(old ?? { id: machine, version: 0 }), ...input };
    const verb = old ? "changed" : "added";
    return this.#save(machine, `${input.name} ${verb}`, { kind: "machine", id: machine }, [
      { table: "machines", id: machine, row },
    ]);
  };

  saveMembership: Part["saveMembership"] = (input) => {
    const old = input.id ? this.#seen("memberships", input.id, input.version, "entry") : null;
    const id = input.id ?? this.#id();
    const { version: _, ...values } = input;
    const writes: Write[] = [];
    if (input.is_lead)
      for (const m of this.tables.memberships.values())
        if (
          m.crew_id === input.crew_id &&
          m.is_lead &&
          m.id !== id &&
          (m.until === null || m.until >= (input.from ?? ""))
        )
          writes.push({ table: "memberships", id: m.id, row: { ...m, is_lead: false } });
    writes.push({
      table: "memberships",
      id,
      row: { ...values, id, version: old?.version ?? 0 },
    });
    const [who, where] = [this.#name("people", input.person_id), this.#name("crews", input.crew_id)];
    return this.#outcome(
      id,
      old ? `${who} in ${where} changed` : `${who} joined ${where}`,
      input.crew_id,
      writes,
    );
  };

  removeMembership: Part["removeMembership"] = (id, version) => {
    const m = this.#seen("memberships", id, version, "entry");
    const [who, where] = [this.#name("people", m.person_id), this.#name("crews", m.crew_id)];
    return this.#outcome(id, `${who} will not join ${where}`, m.crew_id, [
      { table: "memberships", id, row: null },
    ]);
  };

  moveToCrew: Part["moveToCrew"] = ({ membership_id, version, crew_id, from, is_lead }) => {
    const m = this.#seen("memberships", membership_id, version, "entry");
    const id = this.#id();
    const [who, old, to] = [
      this.#name("people", m.person_id),
      this.#name("crews", m.crew_id),
      this.#name("crews", crew_id),
    ];
    return this.#outcome(id, `${who} moved from ${old} to ${to}`, crew_id, [
      { table: "memberships", id: m.id, row: { ...m, until: addDays(from, -1) } },
      { table: "memberships", id, row: { ...m, id, version: 0, crew_id, from, is_lead } },
    ]);
  };

  saveTimeOff: Part["saveTimeOff"] = (input) => {
    const old = input.id ? this.#seen("off", input.id, input.version, "entry") : null;
    if (input.until !== null && input.until < input.from)
      throw refusal("invalid", "It ends before it begins.", "until");
    const id = input.id ?? this.#id();
    const { from, from_time, until, until_time, version: _, ...values } = input;
    const row: FakeOff = {
      ...values,
      id,
      version: old?.version ?? 0,
      start: this.#instant(from, from_time ?? "00:00"),
      end:
        until === null
          ? FOREVER
          : until_time
            ? this.#instant(until, until_time)
            : this.#instant(addDays(until, 1), "00:00"),
    };
    return this.#save(id, `${this.#what(row)} ${old ? "changed" : "added"}`, this.#about(row), [
      { table: "off", id, row },
    ]);
  };

  removeTimeOff: Part["removeTimeOff"] = (id, version) => {
    const row = this.#seen("off", id, version, "entry");
    return this.#save(id, `${this.#what(row)} removed`, this.#about(row), [{ table: "off", id, row: null }]);
  };

  closedDays: Part["closedDays"] = (year) => {
    const { today } = this.board;
    const of = year ?? Number(today.slice(0, 4));
    const days = this.#entries(null).filter((day) => day.from?.startsWith(String(of)));
    return { today, year: of, days: days.sort((a, b) => (a.from ?? "").localeCompare(b.from ?? "")) };
  };

  certificateOverview: Part["certificateOverview"] = () => {
    const { today } = this.board;
    const people = [...this.tables.people.values()].filter((p) => p.status !== "terminated").sort(byName);
    const of = (p: FakePerson) => ({ person_id: p.id, person_name: p.name, role: p.role });
    const lines = people.flatMap((p) =>
      p.certificates.map((c) => ({
        ...of(p),
        ...{ name: c.name, expires: c.expires, written: c.written, state: stateOf(c, today) },
        required: this.#needs(p.role).some((need) => satisfies(c.name, need)),
      })),
    );
    const order = (line: (typeof lines)[number]) =>
      line.state === "unreadable" ? "" : (line.expires ?? "9");
    return structuredClone({
      today,
      lines: lines.sort((a, b) => order(a).localeCompare(order(b))),
      missing: people.flatMap((p) =>
        this.#marks(p).missing.map((certificate) => ({ ...of(p), certificate })),
      ),
      requirements: [...this.tables.needs.values()]
        .filter((needs) => needs.certificates.length > 0)
        .map(({ id: role, certificates }) => ({ role, certificates })),
    });
  };

  saveRequirements: Part["saveRequirements"] = (role, seen, certificates) => {
    const old = this.tables.needs.get(role);
    if (JSON.stringify(old?.certificates ?? []) !== JSON.stringify(seen))
      throw refusal("version_conflict", "Somebody else changed what this role needs meanwhile.");
    const row = { id: role, version: old?.version ?? 0, certificates: [...certificates] };
    return this.#save(role, `Certificates of the role ${role} changed`, null, [
      { table: "needs", id: role, row },
    ]);
  };

  emergencyContact: Part["emergencyContact"] = (id) => {
    const p = this.#row("people", id, "person");
    const empty = { contact: { name: null, phone: null, relation: null }, more: [], unreadable: null };
    return structuredClone({ person_id: id, version: p.version, ...(p.contact ?? empty) });
  };

  saveEmergencyContact: Part["saveEmergencyContact"] = (id, version, contact) => {
    const p = this.#seen("people", id, version, "person");
    const row = { ...p, contact: { contact, more: p.contact?.more ?? [], unreadable: null } };
    return this.#save(id, `Emergency contact of ${p.name} changed`, { kind: "person", id }, [
      { table: "people", id, row },
    ]);
  };

  /** What somebody else does meanwhile; nobody here can undo it. */
  elsewhere(table: Table, id: string, change: object): void {
    const row = this.tables[table].get(id);
    if (row) this.#put([{ table, id, row: { ...row, ...change } }]);
    this.board.changed();
  }

  #save(id: string, summary: string, about: RecordRef | null, writes: Write[]): CrewSaved {
    const rows = (table: Table) => this.tables[table] as Map<string, { id: string; version: number }>;
    const before = writes.map(({ table, id: of }) => ({ table, id: of, row: rows(table).get(of) ?? null }));
    const same = writes.every(({ row }, i) => JSON.stringify(row) === JSON.stringify(before[i]?.row ?? null));
    const [first] = writes;
    let change: ChangeRef | null = null;
    if (!same) {
      this.#put(writes);
      const fields: FieldChange[] = differences(before[0]?.row ?? {}, first?.row ?? {}, LABELS as object);
      const then = (what: Write[]) => () => {
        this.#put(what);
        this.board.changed();
      };
      change = this.changes.add(this.board.me, summary, about, fields, then(before), then(writes));
      this.board.changed();
    }
    return { id, version: first ? (rows(first.table).get(id)?.version ?? 0) : 0, change };
  }

  #outcome(id: string, summary: string, crew: string, writes: Write[]): CrewOutcome {
    if (this.clashes.length > 0) return { kind: "clashes", clashes: structuredClone(this.clashes) };
    return { kind: "saved", saved: this.#save(id, summary, { kind: "crew", id: crew }, writes) };
  }

  #put(writes: Write[]): void {
    const { tables } = this;
    const direct = this.#direct();
    for (const { table, id, row } of writes) {
      const rows = tables[table] as Map<string, { id: string; version: number }>;
      const version = Math.max(rows.get(id)?.version ?? 0, row?.version ?? 0) + 1;
      if (row) rows.set(id, { ...structuredClone(row), version });
      else rows.delete(id);
    }
    this.#sync(direct);
  }

  /** Whom each job names itself, beside its crews. */
  #direct(): Map<string, string[]> {
    return new Map(
      this.board.jobs.map((job) => [job.id, job.people.filter((id) => this.#via(job, id) === null)]),
    );
  }

  /** The board shows the same. */
  #sync(direct: Map<string, string[]>): void {
    const { board, tables } = this;
    const inside = this.#memberships();
    board.people = [...tables.people.values()].map(({ id, name, role, status }) => ({
      id,
      name,
      role,
      status,
    }));
    board.machines = [...tables.machines.values()].map(({ id, name, kind, status }) => ({
      id,
      name,
      kind,
      status,
    }));
    board.crews = [...tables.crews.values()].map(({ id, name, color, status }) => {
      const members = inside.filter((m) => m.crew_id === id && this.#holds(m, board.today));
      return {
        ...{ id, name, color, active: status === "active", members: members.map((m) => m.person_id) },
        lead: members.find((m) => m.is_lead)?.person_name ?? null,
      };
    });
    board.timeOff = [...tables.off.values()].map(({ version: _, ...one }) => one);
    this.#of = board.people;
    board.jobs = board.jobs.map((job) =>
      job.end <= board.as_of
        ? job
        : { ...job, people: [...new Set([...(direct.get(job.id) ?? []), ...this.#crewOf(job)])] },
    );
  }

  #crewOf(job: FakeJob): string[] {
    const day = officeDate(job.start, this.board.zone);
    return this.#memberships()
      .filter((m) => job.crews.includes(m.crew_id) && this.#holds(m, day))
      .map((m) => m.person_id);
  }

  #via(job: FakeJob, person: string): string | null {
    const day = officeDate(job.start, this.board.zone);
    const found = [...this.tables.memberships.values()].find(
      (m) => m.person_id === person && job.crews.includes(m.crew_id) && this.#holds(m, day),
    );
    return found?.crew_id ?? null;
  }

  #jobs(kind: ResourceKind, id: string): FakeJob[] {
    const of = (job: FakeJob) => ({ crew: job.crews, person: job.people, machine: job.machines })[kind];
    return this.board.jobs.filter(
      (job) =>
        !["completed", "canceled"].includes(job.status) && job.end > this.board.as_of && of(job).includes(id),
    );
  }

  #stake(kind: ResourceKind, id: string, status: string): ResourceJobs {
    const off = this.#off(id);
    const jobs = this.#jobs(kind, id).filter(
      (job) => status !== "active" || off.some((one) => one.start < job.end && job.start < one.end),
    );
    return { jobs: jobs.map((job) => this.#shown(job, kind, id)), total: jobs.length };
  }

  #shown(job: FakeJob, kind: ResourceKind, id: string): ResourceJob {
    const { version, customer, service_type, address, start, end, status } = job;
    const via_crew = kind === "person" ? this.#via(job, id) : null;
    return { id: job.id, version, customer, service_type, address, start, end, status, via_crew };
  }

  #memberships(): Membership[] {
    const { people, crews, memberships } = this.tables;
    return [...memberships.values()]
      .flatMap((m) => {
        const [person, crew] = [people.get(m.person_id), crews.get(m.crew_id)];
        if (!person || !crew) return [];
        const of = { person_name: person.name, person_role: person.role, person_status: person.status };
        return [{ ...m, ...of, crew_name: crew.name }];
      })
      .sort(
        (a, b) => (b.until ?? "9").localeCompare(a.until ?? "9") || Number(b.is_lead) - Number(a.is_lead),
      );
  }

  #holds(m: { from: string | null; until: string | null }, day: string): boolean {
    return (m.from === null || m.from <= day) && (m.until === null || m.until >= day);
  }

  #off(id: string | null): FakeOff[] {
    return [...this.tables.off.values()].filter((one) =>
      id === null
        ? one.person_id === null && one.machine_id === null
        : one.person_id === id || one.machine_id === id,
    );
  }

  #away(id: string) {
    const now = this.board.as_of;
    const one = this.#off(id).find((off) => off.start <= now && now < off.end);
    return one ? { kind: one.kind, until: one.end === FOREVER ? null : one.end } : null;
  }

  #entries(id: string | null): AwayEntry[] {
    const { zone, as_of } = this.board;
    return this.#off(id)
      .map((one) => {
        const [from, until] = [localOf(one.start, zone), localOf(one.end, zone)];
        const [day = "", time = ""] = until.split("T");
        return {
          ...{ id: one.id, version: one.version, kind: one.kind, note: one.note, over: one.end <= as_of },
          from: from.slice(0, 10),
          from_time: from.endsWith("T00:00") ? null : from.slice(11),
          until: one.end === FOREVER ? null : time === "00:00" ? addDays(day, -1) : day,
          until_time: one.end === FOREVER || time === "00:00" ? null : time,
        };
      })
      .sort((a, b) => (b.until ?? "9").localeCompare(a.until ?? "9"));
  }

  #marks(p: FakePerson): CertificateMarks {
    const { today } = this.board;
    const states = p.certificates.map((c) => stateOf(c, today));
    const dates = p.certificates.flatMap((c) => (c.expires && c.expires >= today ? [c.expires] : []));
    return {
      expired: states.filter((state) => state === "expired").length,
      expiring: states.filter((state) => state === "expiring").length,
      unreadable: states.filter((state) => state === "unreadable").length,
      missing: this.#needs(p.role).filter((need) => !p.certificates.some((c) => satisfies(c.name, need))),
      next_expiry: dates.sort()[0] ?? null,
    };
  }

  #needs(role: string): string[] {
    return this.tables.needs.get(role.trim().toLowerCase())?.certificates ?? [];
  }

  #what(row: FakeOff): string {
    const of = row.person_id ?? row.machine_id;
    const name = of && (this.tables.people.get(of)?.name ?? this.tables.machines.get(of)?.name);
    return name ? `Time off of ${name}` : "Closed day";
  }

  #about(row: FakeOff): RecordRef | null {
    if (row.person_id) return { kind: "person", id: row.person_id };
    return row.machine_id ? { kind: "machine", id: row.machine_id } : null;
  }

  #row<T extends Table>(table: T, id: string, what: string) {
    const row = this.tables[table].get(id) as
      (CrewTables[T] extends Map<string, infer R> ? R : never) | undefined;
    if (!row) throw refusal("not_found", `This ${what} is not there any more. Somebody may have removed it.`);
    return row;
  }

  #seen<T extends Table>(table: T, id: string, version: number, what: string) {
    const row = this.#row(table, id, what);
    const { version: now } = row as unknown as AnyRow;
    if (now !== version)
      throw refusal(
        "version_conflict",
        `Somebody else changed this ${what} meanwhile. Nothing of yours was saved yet.`,
      );
    return row;
  }

  #name(table: "people" | "crews", id: string): string {
    return this.tables[table].get(id)?.name ?? "";
  }

  #id(): string {
    return uuid(70_000 + (this.#next += 1));
  }

  #instant(day: string, time: string): string {
    return instantOf(`${day}T${time}`, this.board.zone)?.instant ?? at(0);
  }
}

const FOREVER = "2199-12-31T06:00:00.000Z";

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name);
}

/** Five hundred people, for measuring. */
export function manyPeople(crew: FakeCrew, many = 500): void {
  const { people } = crew.tables;
  const [some] = people.values();
  if (!some) return;
  for (let n = people.size; n < many; n++) {
    const id = uuid(200_000 + n);
    people.set(id, {
      ...structuredClone(some),
      id,
      name: `${some.name} ${n}`,
      email: null,
      hours: { days: week(), unreadable: null },
    });
  }
}
