import type * as Bound from "./bindings";

/*
  What the core answers, where `bindings.ts` does not say so yet. The names are the ones that will be generated: each type
  that is found there then goes from here.
*/

export type ErrorCode = Bound.ErrorCode | "local_office" | "disk_full";
export type AppError = { code: ErrorCode; message: string; field: string | null; details: string | null };
export type AppInfo = Bound.AppInfo & { data_folder: string };

export type RecordKind = Bound.RecordKind | "crew" | "person" | "machine";
export type RecordRef = { kind: RecordKind; id: string };
export type Notification = Omit<Bound.Notification, "about"> & { about: RecordRef | null };
export type NotificationPage = Omit<Bound.NotificationPage, "items"> & { items: Notification[] };
export type Today = Omit<Bound.Today, "alerts"> & { alerts: Notification[] };
export type EstimateDetail = Bound.EstimateDetail & { version: number };

// Connections

export type ConnectionKind = "local" | "server";
/** How the pool and the session behave. */
export type Tuning = {
  /** Connections kept open when idle, 0–5. */
  keep_ready: number;
  /** 2–20. */
  max_connections: number;
  /** Until an unused connection is closed, 5–3600. */
  idle_seconds: number;
  /** Until waiting for a free connection ends, 1–60. */
  acquire_seconds: number;
  /** Until a question is stopped, 1–600. */
  statement_seconds: number;
  /** Until waiting for somebody else's change ends, 1–60. */
  lock_seconds: number;
  /** Until a change left open is undone, 5–3600. */
  idle_in_transaction_seconds: number;
};
export type ConnectionInput = {
  /** Editing that saved connection; null: a new one, or the same place again. */
  id: string | null;
  /** Null or empty: "database on host". */
  name: string | null;
  host: string;
  port: number;
  database: string;
  login: string;
  encryption: Bound.Encryption;
  ca_file: string | null;
  tuning: Tuning;
};
export type SavedConnection = {
  id: string;
  name: string;
  kind: ConnectionKind;
  active: boolean;
  host: string;
  port: number;
  database: string;
  login: string;
  encryption: Bound.Encryption;
  ca_file: string | null;
  tuning: Tuning;
  /** In the keychain, not just this session's memory. */
  password_saved: boolean;
};
/** What a pasted configuration was understood as. */
export type ImportedConfiguration = {
  input: ConnectionInput;
  /** Held by the core: connecting to the same place with password null uses it. */
  password_found: boolean;
  warnings: string[];
  notes: string[];
  /** Names that mean nothing here. */
  ignored: string[];
};
export type ConnectionState =
  | { kind: "not_configured" }
  /** "Starting the local office", where there is a word for what takes so long. */
  | { kind: "connecting"; step: string | null }
  | {
      kind: "online";
      connection_id: string;
      connection_name: string;
      local: boolean;
      server: string;
      database: string;
      person: Bound.Person;
      person_is_proven: boolean;
      read_only: boolean;
      may_administer: boolean;
    }
  | { kind: "who_are_you"; people: Bound.Person[]; suggestion: string }
  | { kind: "needs_migration"; report: Bound.DoctorReport }
  | { kind: "offline"; since: string; error: AppError };

export type LocalOffice = {
  exists: boolean;
  running: boolean;
  /** Its saved connection, if it is kept on this computer. */
  connection_id: string | null;
  /** "15.18": of the programs that were found. */
  postgres: string | null;
  /** Why it cannot be used on this computer. */
  problem: AppError | null;
  folder: string;
  /** The name of who is logged in to this computer. */
  suggestion?: string;
};
/** A step of making the local office. */
export type LocalOfficeProgress = { step: string; done: number; total: number };

// Me, the company, this computer

export type Me = {
  id: string;
  user_id: string;
  name: string;
  email: string | null;
  phone: string | null;
  office_role: string;
  /** Their own login proves it. */
  proven: boolean;
  login: string;
  /** Null: the office's. */
  time_zone: string | null;
  office_zone: string;
  /** Both or neither. */
  quiet_from: string | null;
  quiet_until: string | null;
  version: number;
};
export type MeInput = Pick<
  Me,
  "name" | "email" | "phone" | "time_zone" | "quiet_from" | "quiet_until" | "version"
>;
export type Company = {
  name: string;
  letterhead: string;
  address: string;
  phone: string;
  email: string;
  website: string;
  license: string;
  time_zone: string;
  /** 1 Monday … 7 Sunday. */
  working_days: number[];
  work_from: string;
  work_until: string;
  support_name: string;
  support_phone: string;
  support_email: string;
  version: number;
  may_edit: boolean;
};
export type CompanyInput = Omit<Company, "may_edit">;
export type ComputerSettings = {
  popups: boolean;
  popup_titles_only: boolean;
  popup_sound: boolean;
  start_at_login: boolean;
  close_to_tray: boolean;
};
/** A change just made, for Undo. */
export type ChangeRef = { id: string; summary: string; can_undo: boolean };
export type MeSaved = { me: Me; change: ChangeRef | null };
export type CompanySaved = { company: Company; change: ChangeRef | null };
export type EstimateSaved = { estimate: EstimateDetail; change: ChangeRef | null };

// The inbox of alerts

export type InboxQuery = {
  /** All: unread first. */
  show: "unread" | "read" | "all";
  order: "newest" | "priority";
  search: string | null;
  /** Names of alert types; empty: every type. */
  types: string[];
  /** 1–5. */
  min_priority: number | null;
  /** Also those whose time has passed. */
  expired: boolean;
  /** `next` of the page before. */
  after: string | null;
  /** 1–200. */
  limit: number;
};
export type InboxPage = {
  items: Notification[];
  next: string | null;
  /** Of all of mine, 10000 at most. */
  unread: number;
  as_of: string;
};
export type AlertKind = { name: string; description: string | null; category: string };
export type Exported = { path: string; rows: number };

// Search and records

export type SearchKind = "customer" | "estimate" | "job" | "contract" | "crew" | "person" | "machine";
export type SearchHit = {
  kind: SearchKind;
  id: string;
  title: string;
  subtitle: string;
  when: string | null;
};
export type SheetField = {
  label: string;
  value: string;
  kind: "text" | "money" | "date" | "instant" | "phone" | "email" | "address" | "status" | "service";
  about: RecordRef | null;
};
export type SheetItem = { title: string; subtitle: string; when: string | null; about: RecordRef | null };
/** `more`: how many are not listed. */
export type SheetSection = { title: string; items: SheetItem[]; more: number };
export type RecordSheet = {
  kind: RecordKind;
  id: string;
  title: string;
  subtitle: string;
  fields: SheetField[];
  sections: SheetSection[];
};

// Undo and recent changes

export type FieldChange = { label: string; before: string | null; after: string | null };
export type Change = {
  id: string;
  at: string;
  by: string;
  proven: boolean;
  /** `manual_admin`, `calendly_webhook`, `mobile_app`, `api`, `system`. */
  source: string;
  computer: string | null;
  summary: string;
  reason: string | null;
  about: RecordRef | null;
  fields: FieldChange[];
  can_undo: boolean;
  why_not: string | null;
  /** Ids of changes. */
  undoes: string | null;
  undone_by: string | null;
};
export type ChangesQuery = { mine: boolean; search: string | null; after: string | null; limit: number };
export type ChangePage = { items: Change[]; next: string | null };
export type Undone = { change: ChangeRef };
