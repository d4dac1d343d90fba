import type {
  AppInfo,
  ConnectionInput,
  ConnectionState,
  DoctorReport,
  ErrorCode,
  EstimateDetail,
  JobCard,
  JobDetail,
  MigrationResult,
  Notification,
  NotificationPage,
  Office,
  OfficeEvents,
  SavedConnection,
  Today,
} from "./client";
import { OfficeError } from "./errors";
import {
  emptyToday,
  estimateDetail,
  fullNotifications,
  fullToday,
  goodReport,
  jobCard,
  jobDetail,
  uuid,
} from "./fake-data";

/** Looked for in the product's build, where it must not be. */
export const MARK = "NEFF_FAKE_OFFICE";

export const PERSON = { id: uuid(1), name: "Dana Neff", email: "dana@neffpaving.example" };
export const SAVED: SavedConnection = {
  id: uuid(2),
  name: "Office",
  host: "office-server",
  port: 5432,
  database: "neff_paving_admin",
  login: "neff_app",
  encryption: "verify_full",
  ca_file: null,
  password_saved: true,
};

export function online(): ConnectionState {
  return {
    kind: "online",
    server: "office-server",
    database: "neff_paving_admin",
    person: PERSON,
    person_is_proven: false,
    read_only: false,
  };
}

export function officeError(
  code: ErrorCode,
  message: string,
  more: { field?: string; details?: string } = {},
): OfficeError {
  return new OfficeError({ code, message, field: more.field ?? null, details: more.details ?? null });
}

type Handlers = { [E in keyof OfficeEvents]: Set<(payload: OfficeEvents[E]) => void> };

/** An office in memory, for tests and pictures. Its public fields are what it answers; set them, then `emit`. */
export class FakeOffice implements Office {
  readonly mark = MARK;
  state: ConnectionState = online();
  saved: SavedConnection | null = SAVED;
  day: Today = fullToday();
  unread: Notification[] = fullNotifications();
  report: DoctorReport = goodReport();
  estimates = new Map<string, EstimateDetail>();
  jobs = new Map<string, JobDetail>();
  /** Thrown by the method of that name until removed. */
  failures = new Map<keyof Office, OfficeError>();
  /** Every call, by name. */
  calls: { name: keyof Office; args: unknown[] }[] = [];
  /** Answers only when let go. */
  gates = new Map<keyof Office, Promise<void>>();
  /** What connecting leads to. */
  connectTo: ConnectionState = online();

  readonly #handlers: Handlers = {
    "connection-changed": new Set(),
    "today-changed": new Set(),
    "notifications-changed": new Set(),
    "open-record": new Set(),
    "migration-progress": new Set(),
  };

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
    await this.gates.get(name);
    const failure = this.failures.get(name);
    if (failure) throw failure;
    return give();
  }

  #become(state: ConnectionState): ConnectionState {
    this.state = state;
    this.emit("connection-changed", state);
    return state;
  }

  appInfo = (): Promise<AppInfo> =>
    this.#answer("appInfo", [], () => ({
      version: "0.1.0",
      platform: "linux",
      computer: "FRONT-DESK",
      log_folder: "/var/log/neff",
    }));
  connectionState = () => this.#answer("connectionState", [], () => this.state);
  savedConnection = () => this.#answer("savedConnection", [], () => this.saved);
  checkConnection = (input: ConnectionInput, password: string | null) =>
    this.#answer("checkConnection", [input, password], () => this.report);
  connect = (input: ConnectionInput, password: string | null) =>
    this.#answer("connect", [input, password], () => {
      this.saved = { ...SAVED, ...input };
      return this.#become(this.connectTo);
    });
  reconnect = () => this.#answer("reconnect", [], () => this.#become(this.connectTo));
  forgetConnection = () =>
    this.#answer("forgetConnection", [], () => {
      this.saved = null;
      this.#become({ kind: "not_configured" });
    });
  migrate = (): Promise<MigrationResult> =>
    this.#answer("migrate", [], () => {
      this.#become(online());
      return {
        applied: ["0001", "0002"],
        backup: "/home/dana/Neff Office/backup-2026-06-18.dump",
        repairs: 3,
      };
    });
  iAm = (personId: string) => this.#answer("iAm", [personId], () => this.#become(online()));
  iAmNew = (name: string) =>
    this.#answer("iAmNew", [name], () =>
      this.#become({ ...online(), person: { ...PERSON, name } } as ConnectionState),
    );
  today = () => this.#answer("today", [], () => structuredClone(this.day));
  notifications = (limit: number): Promise<NotificationPage> =>
    this.#answer("notifications", [limit], () => ({
      unread: this.unread.length,
      items: structuredClone(this.unread.slice(0, limit)),
      more: this.unread.length > limit,
    }));
  markRead = (ids: string[]) => this.#answer("markRead", [ids], () => this.#read((n) => ids.includes(n.id)));
  markAllRead = () =>
    this.#answer("markAllRead", [], () => {
      const all = this.unread.length;
      this.#read(() => true);
      return all;
    });
  estimate = (id: string) =>
    this.#answer("estimate", [id], () => this.estimates.get(id) ?? this.#estimateOf(id));
  job = (id: string) => this.#answer("job", [id], () => this.jobs.get(id) ?? jobDetail(this.#cardOf(id)));

  #read(which: (n: Notification) => boolean): void {
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
    const cards = [
      ...this.day.days.flatMap((day) => day.crews.flatMap((crew) => crew.jobs)),
      ...this.day.unassigned,
    ];
    return cards.find((card) => card.id === id) ?? { ...jobCard(0), id };
  }
}

/** An office nobody has connected to yet. */
export function unconfigured(): FakeOffice {
  const office = new FakeOffice();
  office.state = { kind: "not_configured" };
  office.saved = null;
  office.day = emptyToday();
  office.unread = [];
  return office;
}
