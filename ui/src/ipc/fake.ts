import type {
  AppInfo,
  ChangeRef,
  ChangesQuery,
  Company,
  CompanyInput,
  ComputerSettings,
  ConnectionInput,
  ConnectionState,
  DoctorReport,
  ErrorCode,
  EstimateDetail,
  Exported,
  FieldChange,
  InboxQuery,
  JobCard,
  JobDetail,
  Me,
  MeInput,
  MigrationResult,
  Notification,
  NotificationPage,
  Office,
  OfficeEvents,
  RecordKind,
  RecordRef,
  SavedConnection,
  Today,
  Tuning,
  Written,
} from "./client";
import { OfficeError } from "./errors";
import { differences, FakeChanges } from "./fake-changes";
import { company, computer, me } from "./fake-company";
import {
  FakeConnections,
  LOCAL_STEPS,
  online,
  onlineAt,
  PERSON,
  SAVED,
  TUNING,
  understood,
} from "./fake-connections";
import {
  emptyToday,
  estimateDetail,
  fullNotifications,
  fullToday,
  goodReport,
  jobCard,
  jobDetail,
} from "./fake-data";
import { archive, idsUntil, KINDS, page } from "./fake-inbox";
import { FakeCrew, manyPeople } from "./fake-crew";
import { shown } from "./fake-judge";
import { FakeJobs } from "./fake-jobs";
import { FakeRain } from "./fake-rain";
import { find, sheet } from "./fake-records";
import { FakeSchedule } from "./fake-schedule";
import { COMPANY } from "./versions.svelte";

export { online, onlineAt, PERSON, SAVED, TUNING } from "./fake-connections";

/** Looked for in the product's build, where it must not be. */
export const MARK = "NEFF_FAKE_OFFICE";

export function officeError(
  code: ErrorCode,
  message: string,
  more: { field?: string; details?: string } = {},
): OfficeError {
  return new OfficeError({ code, message, field: more.field ?? null, details: more.details ?? null });
}

const CONFLICT = "Somebody else saved this meanwhile.";

type Handlers = { [E in keyof OfficeEvents]: Set<(payload: OfficeEvents[E]) => void> };

/** An office in memory, for tests and pictures. Its public fields are what it answers; set them, then `emit`. */
export class FakeOffice implements Office {
  readonly mark = MARK;
  state: ConnectionState = online();
  readonly store = new FakeConnections();
  day: Today = fullToday();
  unread: Notification[] = fullNotifications();
  /** Read ones. */
  archive: Notification[] = archive();
  readonly changes = new FakeChanges();
  readonly board = new FakeSchedule(this.changes);
  readonly desk = new FakeJobs(this.board);
  readonly rain = new FakeRain(this.board);
  readonly crew = new FakeCrew(this.board, this.changes);
  firm: Company = company();
  self: Me = me();
  computer: ComputerSettings = computer();
  /** What a save dialog was answered with; null: cancelled. */
  saveAs: string | null = "/home/dana/Documents/export.csv";
  report: DoctorReport = goodReport();
  estimates = new Map<string, EstimateDetail>();
  jobs = new Map<string, JobDetail>();
  /** Thrown by the method of that name until removed. */
  failures = new Map<keyof Office, OfficeError>();
  /** Every call, by name. */
  calls: { name: keyof Office; args: unknown[] }[] = [];
  /** Does it and answers only when let go. */
  gates = new Map<keyof Office, Promise<void>>();
  /** Does it at once, and the answer comes only when let go: by then it may be old. */
  late = new Map<keyof Office, Promise<void>>();
  /** What connecting leads to; null: the connection. */
  connectTo: ConnectionState | null = null;

  readonly #handlers: Handlers = {
    "connection-changed": new Set(),
    "today-changed": new Set(),
    "schedule-changed": new Set(),
    "notifications-changed": new Set(),
    "open-record": new Set(),
    "migration-progress": new Set(),
    "local-office-progress": new Set(),
    "company-changed": new Set(),
    "me-changed": new Set(),
    "changes-changed": new Set(),
    "run-command": new Set(),
  };

  constructor() {
    this.desk.elsewhere = (id) => {
      const card = this.#cards().find((one) => one.id === id);
      return this.jobs.get(id) ?? (card ? jobDetail(card) : null);
    };
    this.board.changed = () => {
      this.emit("schedule-changed", null);
      this.emit("changes-changed", null);
    };
  }

  /** So many people, for measuring. */
  manyPeople(many: number): void {
    manyPeople(this.crew, many);
    this.emit("schedule-changed", null);
  }

  on<E extends keyof OfficeEvents>(event: E, handler: (payload: OfficeEvents[E]) => void): () => void {
    const handlers = this.#handlers[event];
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  emit<E extends keyof OfficeEvents>(event: E, payload: OfficeEvents[E]): void {
    for (const handler of [...this.#handlers[event]]) handler(payload);
  }

  count(name: keyof Office): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  last(name: keyof Office): unknown[] | undefined {
    return this.calls.findLast((call) => call.name === name)?.args;
  }

  async #answer<T>(name: keyof Office, args: unknown[], give: () => T): Promise<T> {
    this.calls.push({ name, args });
    const late = this.late.get(name);
    await this.gates.get(name);
    const failure = this.failures.get(name);
    if (failure) throw failure;
    const before = this.#versions();
    const answer = give();
    const change = changeIn(answer);
    if (change) change.wrote = this.#written(before);
    if (late) await late;
    return answer;
  }

  /** Of all rows that people change. */
  #versions(): Map<string, number> {
    const { people, crews, machines, memberships, off } = this.crew.tables;
    const tables = [people, crews, machines, memberships, off].flatMap((table) => [...table.values()]);
    const rows = [
      ...this.board.jobs,
      ...tables,
      ...this.estimates.values(),
      ...this.rain.messages,
      this.self,
    ];
    return new Map([...rows.map((row) => [row.id, row.version] as const), [COMPANY, this.firm.version]]);
  }

  #written(before: ReadonlyMap<string, number>): Written[] {
    return [...this.#versions()].flatMap(([id, version]) => {
      const over = before.get(id) ?? 0;
      return over === version ? [] : [{ id, over, version }];
    });
  }

  #become(state: ConnectionState): ConnectionState {
    this.state = state;
    this.emit("connection-changed", state);
    return state;
  }

  /** A part of the office answers, at once. */
  #pass<K extends keyof Office>(
    name: K,
    part: () => { [P in K]: (...args: Parameters<Office[K]>) => Awaited<ReturnType<Office[K]>> },
  ): (...args: Parameters<Office[K]>) => Promise<Awaited<ReturnType<Office[K]>>> {
    return (...args) => this.#answer(name, args, () => part()[name](...args));
  }

  appInfo = (): Promise<AppInfo> =>
    this.#answer("appInfo", [], () => ({
      version: "0.1.0",
      platform: "linux",
      computer: "FRONT-DESK",
      log_folder: "/var/log/neff",
      data_folder: "/home/dana/.local/share/Neff Office",
    }));
  connectionState = () => this.#answer("connectionState", [], () => this.state);
  connections = () => this.#answer("connections", [], () => this.store.list());
  checkConnection = (input: ConnectionInput, password: string | null) =>
    this.#answer("checkConnection", [input, password], () => this.report);
  connect = (input: ConnectionInput, password: string | null) =>
    this.#answer("connect", [input, password], () => this.#arrive(this.store.keep(input)));
  switchConnection = (id: string) =>
    this.#answer("switchConnection", [id], () => this.#arrive(this.store.activate(id)));
  updateConnection = (id: string, name: string, tuning: Tuning) =>
    this.#answer("updateConnection", [id, name, tuning], () => {
      const saved = this.store.change(id, name, tuning);
      if (this.state.kind === "online" && this.state.connection_id === id)
        this.#become({ ...this.state, connection_name: name });
      return saved;
    });
  forgetConnection = (id: string) =>
    this.#answer("forgetConnection", [id], () =>
      this.store.forget(id) ? this.#become({ kind: "not_configured" }) : this.state,
    );
  readConfiguration = (text: string) => this.#answer("readConfiguration", [text], () => understood(text));
  defaultTuning = () => this.#answer("defaultTuning", [], () => ({ ...TUNING }));
  reconnect = () => this.#answer("reconnect", [], () => this.#arrive(this.#active()));
  migrate = (): Promise<MigrationResult> =>
    this.#answer("migrate", [], () => {
      this.#become(online());
      return {
        applied: ["0001", "0002"],
        backup: "/home/dana/Neff Office/backup-2026-06-18.dump",
        repairs: 3,
      };
    });
  iAm = (personId: string) => this.#answer("iAm", [personId], () => this.#become(onlineAt(this.#active())));
  iAmNew = (name: string) =>
    this.#answer("iAmNew", [name], () =>
      this.#become({ ...onlineAt(this.#active()), person: { ...PERSON, name } }),
    );
  changePerson = () =>
    this.#answer("changePerson", [], () =>
      this.#become({ kind: "who_are_you", people: [PERSON], suggestion: PERSON.name }),
    );

  localOffice = () => this.#answer("localOffice", [], () => structuredClone(this.store.local));
  createLocalOffice = async (name: string, sampleData: boolean) => {
    this.#progress(sampleData);
    return this.#answer("createLocalOffice", [name, sampleData], () => {
      if (name.trim() === "") throw officeError("invalid", "Enter your name.", { field: "name" });
      const saved = this.store.keepLocal();
      return this.#become({ ...onlineAt(saved), person: { ...PERSON, name } });
    });
  };
  openLocalOffice = () => this.#answer("openLocalOffice", [], () => this.#arrive(this.store.keepLocal()));

  me = () => this.#answer("me", [], () => structuredClone(this.self));
  saveMe = (input: MeInput) =>
    this.#answer("saveMe", [input], () => {
      const before = this.self;
      if (input.version !== before.version) throw officeError("version_conflict", CONFLICT);
      const fields = differences(before, input, {
        name: "Name",
        email: "Email",
        phone: "Phone",
        time_zone: "Time zone",
        quiet_from: "Quiet from",
        quiet_until: "Quiet until",
      });
      if (fields.length === 0) return { me: structuredClone(before), change: null };
      const put = (value: Me) => {
        this.self = { ...value, version: this.self.version + 1 };
        this.emit("me-changed", null);
      };
      const after = { ...before, ...input };
      put(after);
      const change = this.#changed(
        "Your details changed",
        fields,
        () => put(before),
        () => put(after),
      );
      return { me: structuredClone(this.self), change };
    });
  company = () => this.#answer("company", [], () => structuredClone(this.firm));
  saveCompany = (input: CompanyInput) =>
    this.#answer("saveCompany", [input], () => {
      const before = this.firm;
      if (!before.may_edit) throw officeError("rights_missing", "Only a manager may change this.");
      if (input.version !== before.version) throw officeError("version_conflict", CONFLICT);
      const fields = differences(before, input, {
        name: "Name",
        letterhead: "Name on letters",
        address: "Address",
        phone: "Phone",
        email: "Email",
        website: "Website",
        license: "License",
        time_zone: "Time zone",
        working_days: "Working days",
        work_from: "Work starts",
        work_until: "Work ends",
        support_name: "Helper",
        support_phone: "Helper's phone",
        support_email: "Helper's email",
        offline_readable_days: "Copies readable for (days)",
        offline_refused_days: "Copies of a refused login kept for (days)",
      });
      if (fields.length === 0) return { company: structuredClone(before), change: null };
      const put = (value: Company) => {
        this.firm = { ...value, version: this.firm.version + 1 };
        this.emit("company-changed", null);
      };
      const after = { ...before, ...input };
      put(after);
      const change = this.#changed(
        "Company settings changed",
        fields,
        () => put(before),
        () => put(after),
      );
      return { company: structuredClone(this.firm), change };
    });
  computerSettings = () => this.#answer("computerSettings", [], () => ({ ...this.computer }));
  saveComputerSettings = (settings: ComputerSettings) =>
    this.#answer("saveComputerSettings", [settings], () => (this.computer = { ...settings }));
  testPopup = () => this.#answer("testPopup", [], () => undefined);

  today = () => this.#answer("today", [], () => structuredClone(this.day));
  notifications = (limit: number): Promise<NotificationPage> =>
    this.#answer("notifications", [limit], () => ({
      unread: this.unread.length,
      items: structuredClone(this.unread.slice(0, limit)),
      more: this.unread.length > limit,
    }));
  inbox = (query: InboxQuery) =>
    this.#answer("inbox", [query], () => page([...this.unread, ...this.archive], query, this.day.as_of));
  alertKinds = () => this.#answer("alertKinds", [], () => KINDS);
  setRead = (ids: string[], read: boolean) =>
    this.#answer("setRead", [ids, read], () => this.#mark(ids, read));
  markAllReadIn = (query: InboxQuery, until: string) =>
    this.#answer("markAllReadIn", [query, until], () =>
      this.#mark(idsUntil(this.unread, query, until), true),
    );
  exportInbox = (query: InboxQuery): Promise<Exported | null> =>
    this.#answer("exportInbox", [query], () => {
      const all = page(
        [...this.unread, ...this.archive],
        { ...query, after: null, limit: 1e6 },
        this.day.as_of,
      );
      return this.saveAs === null ? null : { path: this.saveAs, rows: all.items.length };
    });

  search = (text: string, limit: number) =>
    this.#answer("search", [text, limit], () => find(this.day, text, limit));
  record = (kind: RecordKind, id: string) =>
    this.#answer("record", [kind, id], () => sheet(this.day, kind, id));
  estimate = (id: string) =>
    this.#answer("estimate", [id], () => this.estimates.get(id) ?? this.#estimateOf(id));
  saveEstimateNotes = (id: string, notes: string, version: number) =>
    this.#answer("saveEstimateNotes", [id, notes, version], () => {
      const before = this.estimates.get(id) ?? this.#estimateOf(id);
      if (version !== before.version) throw officeError("version_conflict", CONFLICT);
      if (notes === (before.notes ?? "")) return { estimate: before, change: null };
      const put = (text: string | null) => {
        const now = this.estimates.get(id) ?? before;
        this.estimates.set(id, { ...now, notes: text, version: now.version + 1 });
        this.emit("today-changed", null);
      };
      put(notes || null);
      const change = this.#changed(
        `Notes of the estimate of ${before.customer_name} changed`,
        [{ label: "Notes", before: before.notes, after: notes || null }],
        () => put(before.notes),
        () => put(notes || null),
        { kind: "estimate", id },
      );
      return { estimate: structuredClone(this.estimates.get(id) ?? before), change };
    });
  job = (id: string) =>
    this.#answer("job", [id], () => this.jobs.get(id) ?? this.desk.detail(id) ?? jobDetail(this.#cardOf(id)));

  schedule = this.#pass("schedule", () => this.board);
  moveJobs = this.#pass("moveJobs", () => this.board);
  setJobStatus = this.#pass("setJobStatus", () => this.board);
  pinJobs = this.#pass("pinJobs", () => this.board);
  checkJobs = this.#pass("checkJobs", () => this.board);
  unscheduled = this.#pass("unscheduled", () => this.board);
  jobList = this.#pass("jobList", () => this.board);
  scheduleClashes = this.#pass("scheduleClashes", () => this.board);
  savedViews = this.#pass("savedViews", () => this.board);
  saveView = this.#pass("saveView", () => this.board);
  deleteView = this.#pass("deleteView", () => this.board);
  offlineCopy = this.#pass("offlineCopy", () => this.board);
  openDaySheet = this.#pass("openDaySheet", () => this.board);
  openWeekPlan = this.#pass("openWeekPlan", () => this.board);
  exportCalendar = this.#pass("exportCalendar", () => this.board);
  exportJobs = this.#pass("exportJobs", () => this.board);
  jobEdit = this.#pass("jobEdit", () => this.desk);
  jobSeed = this.#pass("jobSeed", () => this.desk);
  createJob = this.#pass("createJob", () => this.desk);
  createJobs = this.#pass("createJobs", () => this.desk);
  saveJob = this.#pass("saveJob", () => this.desk);
  jobSpan = this.#pass("jobSpan", () => this.desk);
  contractChoices = this.#pass("contractChoices", () => this.desk);
  jobHistory = this.#pass("jobHistory", () => this.desk);
  outside = this.#pass("outside", () => this.desk);
  markLookedAt = this.#pass("markLookedAt", () => this.desk);
  matchName = this.#pass("matchName", () => this.desk);
  joinMoved = this.#pass("joinMoved", () => this.desk);
  planRainOut = this.#pass("planRainOut", () => this.rain);
  checkRainOut = this.#pass("checkRainOut", () => this.rain);
  applyRainOut = this.#pass("applyRainOut", () => this.rain);
  customerMessages = this.#pass("customerMessages", () => this.rain);
  saveMessage = this.#pass("saveMessage", () => this.rain);

  roster = this.#pass("roster", () => this.crew);
  personRecord = this.#pass("personRecord", () => this.crew);
  crewRecord = this.#pass("crewRecord", () => this.crew);
  machineRecord = this.#pass("machineRecord", () => this.crew);
  resourceJobs = this.#pass("resourceJobs", () => this.crew);
  savePerson = this.#pass("savePerson", () => this.crew);
  saveCrew = this.#pass("saveCrew", () => this.crew);
  saveMachine = this.#pass("saveMachine", () => this.crew);
  saveMembership = this.#pass("saveMembership", () => this.crew);
  removeMembership = this.#pass("removeMembership", () => this.crew);
  moveToCrew = this.#pass("moveToCrew", () => this.crew);
  saveTimeOff = this.#pass("saveTimeOff", () => this.crew);
  removeTimeOff = this.#pass("removeTimeOff", () => this.crew);
  closedDays = this.#pass("closedDays", () => this.crew);
  certificateOverview = this.#pass("certificateOverview", () => this.crew);
  saveRequirements = this.#pass("saveRequirements", () => this.crew);
  emergencyContact = this.#pass("emergencyContact", () => this.crew);
  saveEmergencyContact = this.#pass("saveEmergencyContact", () => this.crew);

  recentChanges = (query: ChangesQuery) =>
    this.#answer("recentChanges", [query], () => this.changes.page(query, this.self.name));
  undoChange = (id: string) =>
    this.#answer("undoChange", [id], () => {
      const before = this.#versions();
      const change = this.changes.undo(id);
      this.emit("changes-changed", null);
      const wrote = new Set(this.#written(before).map((row) => row.id));
      return { change, jobs: this.board.jobs.filter((job) => wrote.has(job.id)).map(shown) };
    });

  supportDetails = () =>
    this.#answer("supportDetails", [], () =>
      [
        "Neff Office 0.1.0 on linux (FRONT-DESK)",
        "Connection: Office (server), online",
        "Database: PostgreSQL 15.18, version 3.0.14",
      ].join("\n"),
    );
  exportLogs = (): Promise<Exported | null> =>
    this.#answer("exportLogs", [], () => (this.saveAs === null ? null : { path: this.saveAs, rows: 1_204 }));
  printWindow = () => this.#answer("printWindow", [], () => undefined);

  #active(): SavedConnection {
    return this.store.kept.find((one) => one.active) ?? SAVED;
  }

  #arrive(saved: SavedConnection): ConnectionState {
    return this.#become(this.connectTo ?? onlineAt(saved));
  }

  #progress(sampleData: boolean): void {
    const steps = LOCAL_STEPS.filter((_, i) => sampleData || i !== 3);
    for (const [done, step] of steps.entries())
      this.emit("local-office-progress", { step, done, total: steps.length });
  }

  #changed(
    summary: string,
    fields: FieldChange[],
    back: () => void,
    again: () => void,
    about: RecordRef | null = null,
  ): ChangeRef {
    const change = this.changes.add(this.self.name, summary, about, fields, back, again);
    this.emit("changes-changed", null);
    return change;
  }

  #mark(ids: string[], read: boolean): number {
    const wanted = new Set(ids);
    const from = read ? this.unread : this.archive;
    const moved = from.filter((n) => wanted.has(n.id)).map((n) => ({ ...n, is_read: read }));
    const rest = from.filter((n) => !wanted.has(n.id));
    if (read) [this.unread, this.archive] = [rest, [...moved, ...this.archive]];
    else [this.archive, this.unread] = [rest, [...moved, ...this.unread]];
    if (read) this.#read((n) => wanted.has(n.id));
    if (moved.length > 0) this.emit("notifications-changed", null);
    return moved.length;
  }

  #read(which: (n: Notification) => boolean): void {
    const read = this.unread.filter(which).map((n) => ({ ...n, is_read: true }));
    this.archive = [...read, ...this.archive];
    this.unread = this.unread.filter((n) => !which(n));
    const alerts = this.day.alerts.filter((n) => !which(n));
    this.day = {
      ...this.day,
      alerts,
      alert_count: this.day.alert_count - (this.day.alerts.length - alerts.length),
    };
  }

  #estimateOf(id: string): EstimateDetail {
    const due = this.day.estimates.find((estimate) => estimate.id === id);
    if (!due) return estimateDetail(id);
    const { customer_name, service_type, address, status, response_by, estimated_cost } = due;
    return estimateDetail(id, {
      customer_name,
      service_type,
      project_address: address,
      status,
      response_by,
      estimated_cost,
    });
  }

  #cardOf(id: string): JobCard {
    return this.#cards().find((card) => card.id === id) ?? { ...jobCard(0), id };
  }

  #cards(): JobCard[] {
    return [
      ...this.day.days.flatMap((day) => day.crews.flatMap((crew) => crew.jobs)),
      ...this.day.unassigned,
    ];
  }
}

function changeIn(answer: unknown): ChangeRef | null {
  if (answer === null || typeof answer !== "object") return null;
  const { change, saved } = answer as { change?: ChangeRef | null; saved?: unknown };
  return change ?? changeIn(saved ?? null);
}

/** An office nobody has connected to yet. */
export function unconfigured(): FakeOffice {
  const office = new FakeOffice();
  office.state = { kind: "not_configured" };
  office.store.kept = [];
  office.day = emptyToday();
  office.unread = [];
  office.archive = [];
  office.changes.all = [];
  return office;
}
