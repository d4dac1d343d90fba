import type { ConnectionInput, Encryption, ErrorCode, SavedConnection, Tuning } from "$/ipc/client";
import { remember, remembered } from "$/lib/storage";

import { toTuning, TUNING_KEYS, typedTuning, wrongTuning, type TuningDraft } from "./tuning";

/** What the form holds: text as typed. The password is never part of it, so that a draft cannot keep it. */
export type Draft = {
  name: string;
  host: string;
  port: string;
  database: string;
  login: string;
  encryption: Encryption;
  ca_file: string;
  tuning: TuningDraft;
};
export type Field = Exclude<keyof Draft, "tuning"> | "password" | keyof Tuning;
export type Errors = Partial<Record<Field, string>>;

/** In the order of the form: the first bad one takes the focus. */
export const FIELDS: Field[] = [
  "name",
  "host",
  "port",
  "database",
  "login",
  "password",
  "encryption",
  "ca_file",
  ...TUNING_KEYS,
];

export const EMPTY: Draft = {
  name: "",
  host: "",
  port: "5432",
  database: "neff_paving_admin",
  login: "",
  encryption: "verify_full",
  ca_file: "",
  // Only until the core has said its own.
  tuning: {
    keep_ready: "0",
    max_connections: "5",
    idle_seconds: "30",
    acquire_seconds: "6",
    statement_seconds: "15",
    lock_seconds: "3",
    idle_in_transaction_seconds: "60",
  },
};

export const ENCRYPTIONS: { value: Encryption; name: string; hint: string }[] = [
  {
    value: "verify_full",
    name: "Encrypted, certificate checked",
    hint: "Nobody on the way can read along or pretend to be the server.",
  },
  {
    value: "verify_ca",
    name: "Encrypted, certificate checked but not its name",
    hint: "For a server whose certificate carries another name than the one typed above.",
  },
  {
    value: "require",
    name: "Encrypted, certificate not checked",
    hint: "Nobody can read along, but another computer could pretend to be the server.",
  },
  { value: "none", name: "Not encrypted", hint: "Only for a database on this computer." },
];

/** localhost, 127.0.0.0/8 and ::1: what is said to them does not leave this computer. */
export function isLoopback(host: string): boolean {
  const name = host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1");
  if (name === "localhost" || name === "localhost." || name === "::1" || /^(0{1,4}:){7}0{0,3}1$/.test(name))
    return true;
  const octets = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(name);
  return octets !== null && octets.slice(1).every((octet) => Number(octet) <= 255);
}

export const NOT_ENCRYPTED =
  "Only a database on this computer can be used without encryption. Choose an encrypted way.";

export function validate(draft: Draft, password: string, passwordKept: boolean): Errors {
  const errors: Errors = {};
  const host = draft.host.trim();
  if (host === "") errors.host = "Enter the server's name or address.";
  else if (/[\s/@]/.test(host))
    errors.host = "Only the name or address, such as office-server or 192.168.1.20.";
  const port = draft.port.trim();
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    errors.port = "A number from 1 to 65535; usually 5432.";
  if (draft.database.trim() === "") errors.database = "Enter the name of the database.";
  if (draft.login.trim() === "") errors.login = "Enter the login.";
  if (password === "" && !passwordKept) errors.password = "Enter the password.";
  if (draft.encryption === "none" && !isLoopback(host)) errors.encryption = NOT_ENCRYPTED;
  return { ...errors, ...wrongTuning(draft.tuning) };
}

export function toInput(draft: Draft, id: string | null): ConnectionInput {
  const ca = draft.ca_file.trim();
  return {
    id,
    name: draft.name.trim() || null,
    host: draft.host.trim(),
    port: Number(draft.port.trim()),
    database: draft.database.trim(),
    login: draft.login.trim(),
    encryption: draft.encryption,
    ca_file: ca === "" || !usesCertificate(draft.encryption) ? null : ca,
    tuning: toTuning(draft.tuning),
  };
}

/** Of a saved connection, or of a configuration that was pasted. */
export function fromSaved(saved: ConnectionInput | SavedConnection): Draft {
  const { name, host, port, database, login, encryption, ca_file, tuning } = saved;
  return {
    name: name ?? "",
    host,
    port: String(port),
    database,
    login,
    encryption,
    ca_file: ca_file ?? "",
    tuning: typedTuning(tuning),
  };
}

/** What it is called when nobody gives it a name. */
export function ownName(draft: Draft): string {
  const host = draft.host.trim();
  return host ? `${draft.database.trim() || "database"} on ${host}` : "";
}

/** Whether both lead to the same place in the same way, whatever they are called and however they are tuned. */
export function samePlace(a: ConnectionInput, b: ConnectionInput | SavedConnection): boolean {
  return (
    a.host === b.host &&
    a.port === b.port &&
    a.database === b.database &&
    a.login === b.login &&
    a.encryption === b.encryption &&
    a.ca_file === b.ca_file
  );
}

export function usesCertificate(encryption: Encryption): boolean {
  return encryption === "verify_full" || encryption === "verify_ca";
}

/** Whether the password in the keychain belongs to what is typed. It is never offered to another server or login. */
export function passwordKept(
  draft: Draft,
  saved: Pick<SavedConnection, "host" | "port" | "login" | "password_saved"> | null,
): boolean {
  return (
    saved !== null &&
    saved.password_saved &&
    saved.host === draft.host.trim() &&
    String(saved.port) === draft.port.trim() &&
    saved.login === draft.login.trim()
  );
}

/** The field an error is about, where the core does not name it. */
export function fieldOf(code: ErrorCode, field: string | null): Field | null {
  if (field !== null) return FIELDS.find((known) => known === field) ?? null;
  switch (code) {
    case "no_answer":
      return "host";
    case "wrong_password":
      return "password";
    case "no_such_database":
    case "not_a_neff_database":
      return "database";
    case "encryption_failed":
      return "encryption";
    default:
      return null;
  }
}

/** A draft of a new connection, and one of each that is being changed. */
function keyOf(id: string | null): string {
  return id === null ? "connect-draft" : `connect-draft.${id}`;
}

export function keepDraft(draft: Draft | null, id: string | null = null): void {
  remember(keyOf(id), draft && JSON.stringify(draft));
}

export function keptDraft(id: string | null = null): Draft | null {
  try {
    const kept: unknown = JSON.parse(remembered(keyOf(id)) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const draft = { ...EMPTY, tuning: { ...EMPTY.tuning } };
    for (const key of ["name", "host", "port", "database", "login", "ca_file"] as const) {
      const value: unknown = Reflect.get(kept, key);
      if (typeof value === "string") draft[key] = value;
    }
    const encryption: unknown = Reflect.get(kept, "encryption");
    draft.encryption = ENCRYPTIONS.find(({ value }) => value === encryption)?.value ?? EMPTY.encryption;
    const tuning: unknown = Reflect.get(kept, "tuning");
    if (typeof tuning === "object" && tuning !== null)
      for (const key of TUNING_KEYS) {
        const value: unknown = Reflect.get(tuning, key);
        if (typeof value === "string") draft.tuning[key] = value;
      }
    return draft;
  } catch {
    return null;
  }
}
