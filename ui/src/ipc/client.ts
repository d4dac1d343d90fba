import { listen } from "@tauri-apps/api/event";

import { ASKED, type Asking } from "./asking";
import type * as T from "./bindings";
import { commands } from "./bindings";
import { OfficeError } from "./errors";

type Result<D> = { status: "ok"; data: D } | { status: "error"; error: T.AppError };

export type * from "./bindings";
export { OfficeError } from "./errors";

/** What the core tells the window by itself. */
export type OfficeEvents = {
  "connection-changed": T.ConnectionState;
  "today-changed": null;
  "schedule-changed": null;
  "notifications-changed": null;
  "open-record": T.RecordRef;
  "migration-progress": T.Progress;
  "local-office-progress": T.Progress;
  "company-changed": null;
  "me-changed": null;
  "changes-changed": null;
  /** The tray asks for a command of the registry, by its id. */
  "run-command": string;
};

/** The office as the window sees it. Every method gives its data or throws an {@link OfficeError}. */
export interface Office extends Asking<typeof ASKED> {
  appInfo(): Promise<T.AppInfo>;

  connectionState(): Promise<T.ConnectionState>;
  /** By name; exactly one is active where there are any. */
  connections(): Promise<T.SavedConnection[]>;
  /** `password` null: the one in the keychain, or of a configuration just read. */
  checkConnection(input: T.ConnectionInput, password: string | null): Promise<T.DoctorReport>;
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
  migrate(): Promise<T.MigrationResult>;
  iAm(personId: string): Promise<T.ConnectionState>;
  iAmNew(name: string): Promise<T.ConnectionState>;
  /** "Not me": for people who only said who they are. */
  changePerson(): Promise<T.ConnectionState>;

  localOffice(): Promise<T.LocalOfficeState>;
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

  today(): Promise<T.Today>;
  notifications(limit: number): Promise<T.NotificationPage>;
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
  job(id: string): Promise<T.JobDetail>;

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

/** Commands that are asked as they are. */
function asked(): Asking<typeof ASKED> {
  const methods = ASKED.map((name) => {
    const command = commands[name] as (...args: unknown[]) => Promise<Result<unknown>>;
    return [name, (...args: unknown[]) => ask(() => command(...args))] as const;
  });
  return Object.fromEntries(methods) as Asking<typeof ASKED>;
}

/** The office of the Rust core. */
export function coreOffice(): Office {
  // What the core says before it knows that somebody listens is lost.
  const listening: Promise<unknown>[] = [];
  return {
    ...asked(),
    appInfo: () => ask(() => commands.appInfo()),

    connectionState: async () => {
      // A state that changes between its answer and the first event would not be heard of until something else happens.
      await Promise.allSettled(listening.splice(0));
      return ask(() => commands.connectionState());
    },
    connections: () => ask(() => commands.connections()),
    checkConnection: (input, password) => ask(() => commands.checkConnection(input, password)),
    connect: (input, password) => ask(() => commands.connect(input, password)),
    switchConnection: (id) => ask(() => commands.switchConnection(id)),
    updateConnection: (id, name, tuning) => ask(() => commands.updateConnection(id, name, tuning)),
    forgetConnection: (id) => ask(() => commands.forgetConnection(id)),
    readConfiguration: (text) => ask(() => commands.readConfiguration(text)),
    defaultTuning: () => ask(() => commands.defaultTuning()),
    reconnect: () => ask(() => commands.reconnect()),
    migrate: () => ask(() => commands.migrate()),
    iAm: (personId) => ask(() => commands.iAm(personId)),
    iAmNew: (name) => ask(() => commands.iAmNew(name)),
    changePerson: () => ask(() => commands.changePerson()),

    localOffice: () => ask(() => commands.localOffice()),
    createLocalOffice: (name, sampleData) => ask(() => commands.createLocalOffice(name, sampleData)),
    openLocalOffice: () => ask(() => commands.openLocalOffice()),

    me: () => ask(() => commands.me()),
    saveMe: (input) => ask(() => commands.saveMe(input)),
    company: () => ask(() => commands.company()),
    saveCompany: (input) => ask(() => commands.saveCompany(input)),
    computerSettings: () => ask(() => commands.computerSettings()),
    saveComputerSettings: (settings) => ask(() => commands.saveComputerSettings(settings)),
    testPopup: async () => void (await ask(() => commands.testPopup())),

    today: () => ask(() => commands.today()),
    notifications: (limit) => ask(() => commands.notifications(limit)),
    inbox: (query) => ask(() => commands.inbox(query)),
    alertKinds: () => ask(() => commands.alertKinds()),
    setRead: (ids, read) => ask(() => commands.setRead(ids, read)),
    markAllReadIn: (query, until) => ask(() => commands.markAllReadIn(query, until)),
    exportInbox: (query) => ask(() => commands.exportInbox(query)),

    search: (text, limit) => ask(() => commands.search(text, limit)),
    record: (kind, id) => ask(() => commands.record(kind, id)),
    estimate: (id) => ask(() => commands.estimate(id)),
    saveEstimateNotes: (id, notes, version) => ask(() => commands.saveEstimateNotes(id, notes, version)),
    job: (id) => ask(() => commands.job(id)),

    recentChanges: (query) => ask(() => commands.recentChanges(query)),
    undoChange: (id) => ask(() => commands.undoChange(id)),

    supportDetails: () => ask(() => commands.supportDetails()),
    exportLogs: () => ask(() => commands.exportLogs()),
    printWindow: async () => void (await ask(() => commands.printWindow())),

    on(event, handler) {
      let over = false;
      let stop: (() => void) | undefined;
      listening.push(
        listen<OfficeEvents[typeof event]>(event, ({ payload }) => {
          if (!over) handler(payload);
        }).then((unlisten) => {
          if (over) unlisten();
          else stop = unlisten;
        }),
      );
      return () => {
        over = true;
        stop?.();
      };
    },
  };
}
