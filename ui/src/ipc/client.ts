import { invoke as callCore } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type * as Bound from "./bindings";
import { commands } from "./bindings";
import type * as T from "./contract";
import { OfficeError } from "./errors";

type Result<D> = { status: "ok"; data: D } | { status: "error"; error: T.AppError };

export type {
  Assigned,
  Check,
  CheckName,
  CheckState,
  Clash,
  CrewDay,
  DoctorReport,
  Encryption,
  EstimateDue,
  JobCard,
  JobChange,
  JobDetail,
  MigrationResult,
  Person,
  TodayDay,
} from "./bindings";
export type * from "./contract";
export { OfficeError } from "./errors";

export type MigrationProgress = { step: string; done: number; total: number };

/** What the core tells the window by itself. */
export type OfficeEvents = {
  "connection-changed": T.ConnectionState;
  "today-changed": null;
  "notifications-changed": null;
  "open-record": T.RecordRef;
  "migration-progress": MigrationProgress;
  "local-office-progress": T.LocalOfficeProgress;
  "company-changed": null;
  "me-changed": null;
  "changes-changed": null;
  /** The tray asks for a command of the registry, by its id. */
  "run-command": string;
};

/** The office as the window sees it. Every method gives its data or throws an {@link OfficeError}. */
export interface Office {
  appInfo(): Promise<T.AppInfo>;

  connectionState(): Promise<T.ConnectionState>;
  /** By name; exactly one is active where there are any. */
  connections(): Promise<T.SavedConnection[]>;
  /** `password` null: the one in the keychain, or of a configuration just read. */
  checkConnection(input: T.ConnectionInput, password: string | null): Promise<Bound.DoctorReport>;
  /** Tries it, keeps it and switches to it; when it fails nothing changes. */
  connect(input: T.ConnectionInput, password: string | null): Promise<T.ConnectionState>;
  switchConnection(id: string): Promise<T.ConnectionState>;
  /** Takes effect at once, without a new trial. */
  updateConnection(id: string, name: string, tuning: T.Tuning): Promise<T.SavedConnection>;
  /** Its password goes, too; a local office's files stay. */
  forgetConnection(id: string): Promise<T.ConnectionState>;
  /** A pasted .env or an address; refused when there is nothing in it. */
  readConfiguration(text: string): Promise<T.ImportedConfiguration>;
  defaultTuning(): Promise<T.Tuning>;
  reconnect(): Promise<T.ConnectionState>;
  migrate(): Promise<Bound.MigrationResult>;
  iAm(personId: string): Promise<T.ConnectionState>;
  iAmNew(name: string): Promise<T.ConnectionState>;
  /** "Not me": for people who only said who they are. */
  changePerson(): Promise<T.ConnectionState>;

  localOffice(): Promise<T.LocalOffice>;
  createLocalOffice(name: string, sampleData: boolean): Promise<T.ConnectionState>;
  openLocalOffice(): Promise<T.ConnectionState>;

  me(): Promise<T.Me>;
  saveMe(input: T.MeInput): Promise<T.MeSaved>;
  company(): Promise<T.Company>;
  saveCompany(input: T.CompanyInput): Promise<T.CompanySaved>;
  computerSettings(): Promise<T.ComputerSettings>;
  saveComputerSettings(settings: T.ComputerSettings): Promise<T.ComputerSettings>;
  /** Refused with a sentence where the system does. */
  testPopup(): Promise<void>;
  /** IANA names the server knows. */
  timeZones(): Promise<string[]>;

  today(): Promise<T.Today>;
  notifications(limit: number): Promise<T.NotificationPage>;
  markRead(ids: string[]): Promise<void>;
  markAllRead(): Promise<number>;
  inbox(query: T.InboxQuery): Promise<T.InboxPage>;
  alertKinds(): Promise<T.AlertKind[]>;
  /** How many changed. */
  setRead(ids: string[], read: boolean): Promise<number>;
  /** All that the filter shows, up to `as_of` of its page. */
  markAllReadIn(query: T.InboxQuery, until: string): Promise<number>;
  /** Asks where to save; null: they thought better of it. */
  exportInbox(query: T.InboxQuery): Promise<T.Exported | null>;

  search(text: string, limit: number): Promise<T.SearchHit[]>;
  /** Of a customer, contract, crew, person or machine. */
  record(kind: T.RecordKind, id: string): Promise<T.RecordSheet>;
  estimate(id: string): Promise<T.EstimateDetail>;
  saveEstimateNotes(id: string, notes: string, version: number): Promise<T.EstimateSaved>;
  job(id: string): Promise<Bound.JobDetail>;

  recentChanges(query: T.ChangesQuery): Promise<T.ChangePage>;
  /** Makes the inverse change, which can be undone in turn. */
  undoChange(id: string): Promise<T.Undone>;

  /** Text to paste into a mail. No customer's data, no secrets. */
  supportDetails(): Promise<string>;
  exportLogs(): Promise<T.Exported | null>;
  printWindow(): Promise<void>;

  /** Calls `handler` at each such event until the returned function is called. */
  on<E extends keyof OfficeEvents>(event: E, handler: (payload: OfficeEvents[E]) => void): () => void;
}

async function ask<D>(command: () => Promise<Result<D>>): Promise<D> {
  const result = await command();
  if (result.status === "error") throw new OfficeError(result.error);
  return result.data;
}

/** A command `bindings.ts` does not have yet, or has with other types: becomes `ask(() => commands.…)` when it does. */
async function invoke<D>(command: string, args: Record<string, unknown> = {}): Promise<D> {
  try {
    return await callCore<D>(command, args);
  } catch (thrown) {
    if (thrown instanceof Error) throw thrown;
    throw new OfficeError(thrown as T.AppError);
  }
}

/** The office of the Rust core. */
export function coreOffice(): Office {
  return {
    appInfo: () => invoke("app_info"),

    connectionState: () => invoke("connection_state"),
    connections: () => invoke("connections"),
    checkConnection: (input, password) => invoke("check_connection", { input, password }),
    connect: (input, password) => invoke("connect", { input, password }),
    switchConnection: (id) => invoke("switch_connection", { id }),
    updateConnection: (id, name, tuning) => invoke("update_connection", { id, name, tuning }),
    forgetConnection: (id) => invoke("forget_connection", { id }),
    readConfiguration: (text) => invoke("read_configuration", { text }),
    defaultTuning: () => invoke("default_tuning"),
    reconnect: () => invoke("reconnect"),
    migrate: () => ask(() => commands.migrate()),
    iAm: (personId) => invoke("i_am", { personId }),
    iAmNew: (name) => invoke("i_am_new", { name }),
    changePerson: () => invoke("change_person"),

    localOffice: () => invoke("local_office"),
    createLocalOffice: (name, sampleData) => invoke("create_local_office", { name, sampleData }),
    openLocalOffice: () => invoke("open_local_office"),

    me: () => invoke("me"),
    saveMe: (input) => invoke("save_me", { input }),
    company: () => invoke("company"),
    saveCompany: (input) => invoke("save_company", { input }),
    computerSettings: () => invoke("computer_settings"),
    saveComputerSettings: (settings) => invoke("save_computer_settings", { settings }),
    testPopup: async () => void (await invoke("test_popup")),
    timeZones: () => invoke("time_zones"),

    today: () => ask(() => commands.today()),
    notifications: (limit) => ask(() => commands.notifications(limit)),
    markRead: async (ids) => void (await ask(() => commands.markRead(ids))),
    markAllRead: () => ask(() => commands.markAllRead()),
    inbox: (query) => invoke("inbox", { query }),
    alertKinds: () => invoke("alert_kinds"),
    setRead: (ids, read) => invoke("set_read", { ids, read }),
    markAllReadIn: (query, until) => invoke("mark_all_read_in", { query, until }),
    exportInbox: (query) => invoke("export_inbox", { query }),

    search: (text, limit) => invoke("search", { text, limit }),
    record: (kind, id) => invoke("record", { kind, id }),
    estimate: (id) => invoke("estimate", { id }),
    saveEstimateNotes: (id, notes, version) => invoke("save_estimate_notes", { id, notes, version }),
    job: (id) => ask(() => commands.job(id)),

    recentChanges: (query) => invoke("recent_changes", { query }),
    undoChange: (id) => invoke("undo_change", { id }),

    supportDetails: () => invoke("support_details"),
    exportLogs: () => invoke("export_logs"),
    printWindow: async () => void (await invoke("print_window")),

    on(event, handler) {
      let over = false;
      let stop: (() => void) | undefined;
      void listen<OfficeEvents[typeof event]>(event, ({ payload }) => {
        if (!over) handler(payload);
      }).then((unlisten) => {
        if (over) unlisten();
        else stop = unlisten;
      });
      return () => {
        over = true;
        stop?.();
      };
    },
  };
}
