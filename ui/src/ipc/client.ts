import { listen } from "@tauri-apps/api/event";

import type {
  AppError,
  AppInfo,
  ConnectionInput,
  ConnectionState,
  DoctorReport,
  EstimateDetail,
  JobDetail,
  MigrationResult,
  NotificationPage,
  RecordRef,
  SavedConnection,
  Today,
} from "./bindings";
import { commands } from "./bindings";
import { OfficeError } from "./errors";

type Result<T> = { status: "ok"; data: T } | { status: "error"; error: AppError };

export type {
  AppInfo,
  Assigned,
  Check,
  CheckName,
  CheckState,
  Clash,
  ConnectionInput,
  ConnectionState,
  CrewDay,
  DoctorReport,
  Encryption,
  ErrorCode,
  EstimateDetail,
  EstimateDue,
  JobCard,
  JobChange,
  JobDetail,
  MigrationResult,
  Notification,
  NotificationPage,
  Person,
  RecordRef,
  SavedConnection,
  Today,
  TodayDay,
} from "./bindings";
export { OfficeError } from "./errors";

export type MigrationProgress = { step: string; done: number; total: number };

/** What the core tells the window by itself. */
export type OfficeEvents = {
  "connection-changed": ConnectionState;
  "today-changed": null;
  "notifications-changed": null;
  "open-record": RecordRef;
  "migration-progress": MigrationProgress;
};

/** The office as the window sees it. Every method gives its data or throws an {@link OfficeError}. */
export interface Office {
  appInfo(): Promise<AppInfo>;
  connectionState(): Promise<ConnectionState>;
  savedConnection(): Promise<SavedConnection | null>;
  /** `password` null: the one in the keychain. */
  checkConnection(input: ConnectionInput, password: string | null): Promise<DoctorReport>;
  connect(input: ConnectionInput, password: string | null): Promise<ConnectionState>;
  reconnect(): Promise<ConnectionState>;
  forgetConnection(): Promise<void>;
  migrate(): Promise<MigrationResult>;
  iAm(personId: string): Promise<ConnectionState>;
  iAmNew(name: string): Promise<ConnectionState>;
  today(): Promise<Today>;
  notifications(limit: number): Promise<NotificationPage>;
  markRead(ids: string[]): Promise<void>;
  markAllRead(): Promise<number>;
  estimate(id: string): Promise<EstimateDetail>;
  job(id: string): Promise<JobDetail>;
  /** Calls `handler` at each such event until the returned function is called. */
  on<E extends keyof OfficeEvents>(event: E, handler: (payload: OfficeEvents[E]) => void): () => void;
}

async function ask<T>(command: () => Promise<Result<T>>): Promise<T> {
  const result = await command();
  if (result.status === "error") throw new OfficeError(result.error);
  return result.data;
}

/** The office of the Rust core. */
export function coreOffice(): Office {
  return {
    appInfo: () => ask(() => commands.appInfo()),
    connectionState: () => ask(() => commands.connectionState()),
    savedConnection: () => ask(() => commands.savedConnection()),
    checkConnection: (input, password) => ask(() => commands.checkConnection(input, password)),
    connect: (input, password) => ask(() => commands.connect(input, password)),
    reconnect: () => ask(() => commands.reconnect()),
    forgetConnection: async () => void (await ask(() => commands.forgetConnection())),
    migrate: () => ask(() => commands.migrate()),
    iAm: (personId) => ask(() => commands.iAm(personId)),
    iAmNew: (name) => ask(() => commands.iAmNew(name)),
    today: () => ask(() => commands.today()),
    notifications: (limit) => ask(() => commands.notifications(limit)),
    markRead: async (ids) => void (await ask(() => commands.markRead(ids))),
    markAllRead: () => ask(() => commands.markAllRead()),
    estimate: (id) => ask(() => commands.estimate(id)),
    job: (id) => ask(() => commands.job(id)),
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
