import type {
  ConnectionInput,
  ConnectionState,
  ImportedConfiguration,
  LocalOfficeState,
  SavedConnection,
  Tuning,
} from "./client";
import { OfficeError } from "./errors";
import { uuid } from "./fake-data";

export const TUNING: Tuning = {
  keep_ready: 0,
  max_connections: 5,
  idle_seconds: 30,
  acquire_seconds: 6,
  statement_seconds: 15,
  lock_seconds: 3,
  idle_in_transaction_seconds: 60,
};

export const PERSON = { id: uuid(1), name: "Dana Neff", email: "dana@neffpaving.example" };

export const SAVED: SavedConnection = {
  id: uuid(2),
  name: "Office",
  kind: "server",
  active: true,
  host: "office-server",
  port: 5432,
  database: "neff_paving_admin",
  login: "neff_app",
  encryption: "verify_full",
  ca_file: null,
  tuning: TUNING,
  password_saved: true,
};

export const LOCAL: SavedConnection = {
  ...SAVED,
  id: uuid(3),
  name: "Office on this computer",
  kind: "local",
  active: false,
  host: "127.0.0.1",
  port: 51_544,
  login: "neff_office",
  encryption: "none",
};

/** One in use, one to look around in, and one whose name nobody should have chosen. */
export function manyConnections(): SavedConnection[] {
  return [
    SAVED,
    LOCAL,
    {
      ...SAVED,
      id: uuid(4),
      name: "The old computer in the back room, next to the plotter that nobody is allowed to unplug",
      host: "backroom-workstation-2.corp.neff-paving-and-sealcoating.example",
      login: "dana.neff@neffpaving.example",
      active: false,
      password_saved: false,
    },
  ];
}

export function online(): ConnectionState & { kind: "online" } {
  return onlineAt(SAVED);
}

export function onlineAt(saved: SavedConnection): ConnectionState & { kind: "online" } {
  return {
    kind: "online",
    connection_id: saved.id,
    connection_name: saved.name,
    local: saved.kind === "local",
    server: saved.host,
    database: saved.database,
    person: PERSON,
    person_is_proven: false,
    read_only: false,
    may_administer: saved.kind === "local",
  };
}

export function noLocalOffice(): LocalOfficeState {
  return {
    exists: false,
    running: false,
    connection_id: null,
    postgres: "15.18",
    problem: null,
    folder: "/home/dana/.local/share/Neff Office/office",
    suggestion: "Dana Neff",
  };
}

export const LOCAL_STEPS = [
  "Preparing the folder",
  "Starting the private server",
  "Setting up the office's tables",
  "Filling in sample customers, estimates and jobs",
  "Checking that everything is there",
];

/** What the core keeps of connections, by name. */
export class FakeConnections {
  kept: SavedConnection[] = [SAVED];
  local: LocalOfficeState = noLocalOffice();
  #next = 20;

  list(): SavedConnection[] {
    return structuredClone(this.kept).sort((a, b) => a.name.localeCompare(b.name));
  }

  get(id: string): SavedConnection {
    const saved = this.kept.find((one) => one.id === id);
    if (!saved)
      throw new OfficeError({
        code: "not_found",
        message: "That connection is no longer on this computer.",
        field: null,
        details: null,
      });
    return saved;
  }

  activate(id: string): SavedConnection {
    this.get(id);
    this.kept = this.kept.map((one) => ({ ...one, active: one.id === id }));
    return this.get(id);
  }

  keep(input: ConnectionInput): SavedConnection {
    const same = this.kept.find(
      (one) =>
        one.id === input.id ||
        (input.id === null &&
          one.host === input.host &&
          one.port === input.port &&
          one.database === input.database &&
          one.login === input.login),
    );
    const saved: SavedConnection = {
      ...input,
      id: same?.id ?? uuid((this.#next += 1)),
      name: input.name?.trim() || `${input.database} on ${input.host}`,
      kind: same?.kind ?? "server",
      active: true,
      password_saved: true,
    };
    this.kept = [...this.kept.filter((one) => one.id !== saved.id), saved];
    return this.activate(saved.id);
  }

  keepLocal(): SavedConnection {
    if (!this.kept.some((one) => one.id === LOCAL.id)) this.kept = [...this.kept, LOCAL];
    this.local = { ...this.local, exists: true, running: true, connection_id: LOCAL.id };
    return this.activate(LOCAL.id);
  }

  change(id: string, name: string, tuning: Tuning): SavedConnection {
    const changed = { ...this.get(id), name, tuning };
    this.kept = this.kept.map((one) => (one.id === id ? changed : one));
    return changed;
  }

  /** What is left is not connected to by itself. */
  forget(id: string): boolean {
    const { active } = this.get(id);
    this.kept = this.kept.filter((one) => one.id !== id);
    if (this.local.connection_id === id) this.local = { ...this.local, connection_id: null };
    return active;
  }
}

const MEANT: Record<string, string> = {
  DB_HOST: "host",
  DB_PORT: "port",
  DB_NAME: "database",
  DB_USER: "login",
  DB_PASSWORD: "password",
  DB_POOL_MAX: "max_connections",
};

/** As much of the core's reader as a picture needs. */
export function understood(text: string): ImportedConfiguration {
  const pairs = [...text.matchAll(/^\s*(?:export\s+)?([A-Z_]+)\s*=\s*"?([^"\n]*)"?\s*$/gm)];
  const url = /postgres(?:ql)?:\/\/([^:@/]+)(?::([^@]*))?@([^:/]+)(?::(\d+))?\/(\w+)/.exec(text);
  const found = new Map(pairs.map(([, name = "", value = ""]) => [MEANT[name] ?? name, value]));
  if (url) {
    const [, login = "", password, host = "", port, database = ""] = url;
    for (const [name, value] of Object.entries({ login, password, host, port, database }))
      if (value !== undefined) found.set(name, value);
  }
  if (!found.has("host") && !found.has("database"))
    throw new OfficeError({
      code: "invalid",
      message: "There is no database connection in this text. Copy the whole file or the whole address.",
      field: "text",
      details: null,
    });
  const login = found.get("login") ?? "";
  const most = Number(found.get("max_connections") ?? TUNING.max_connections);
  return {
    input: {
      id: null,
      name: null,
      host: found.get("host") ?? "",
      port: Number(found.get("port") ?? 5432),
      database: found.get("database") ?? "neff_paving_admin",
      login,
      encryption: "verify_full",
      ca_file: null,
      tuning: { ...TUNING, max_connections: most },
    },
    password_found: found.has("password"),
    warnings:
      login === "postgres"
        ? [
            "The login postgres with the password password is the first anybody tries. Ask for a login of your own.",
          ]
        : [],
    notes: found.has("max_connections")
      ? [`DB_POOL_MAX=${most} was taken as at most ${most} connections.`]
      : [],
    ignored: pairs.map(([, name = ""]) => name).filter((name) => !MEANT[name] && name !== "DATABASE_URL"),
  };
}
