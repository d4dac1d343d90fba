import type { ChangeRef, Office, ScheduleJob, Undone, Written } from "./client";

/*
  Nobody is in conflict with themselves. Every answer of the office comes through here, whatever asked for it, and three
  things follow from what it says of versions:

  - what this window wrote is known from the moment its answer is there: the next change of the same row is sent over the
    version that was made here, not over the one that was on screen when the person began;
  - an answer that is older than what is known already is not handed on: it is asked for again;
  - changes of one row are sent one after the other, and an undo, which may be of any row, after and before all others.

  Versions of somebody else are never taken for one's own: what another person changed in between is refused as before.
*/

/** What changes something in the database. */
const CHANGES = [
  ...["saveMe", "saveCompany", "setRead", "markAllReadIn", "saveEstimateNotes", "undoChange"],
  ...[
    "moveJobs",
    "setJobStatus",
    "pinJobs",
    "createJob",
    "createJobs",
    "saveJob",
    "joinMoved",
    "applyRainOut",
  ],
  ...["markLookedAt", "matchName", "saveMessage"],
  ...["savePerson", "saveCrew", "saveMachine", "saveEmergencyContact", "saveRequirements"],
  ...["saveMembership", "removeMembership", "moveToCrew", "saveTimeOff", "removeTimeOff"],
] as const satisfies readonly (keyof Office)[];

/** Nobody can say beforehand which rows these are of. */
const OF_ANY_ROW: ReadonlySet<string> = new Set(["undoChange", "markAllReadIn"]);

/**
 * Changes that say what is to be, not how the whole row is: they go over what was written here since. A form holds a row
 * whole: it is told that it is out of date, takes over what changed, and is sent again (FormState).
 */
const OVER_OWN: ReadonlySet<string> = new Set<keyof Office>([
  ...(["moveJobs", "setJobStatus", "pinJobs", "joinMoved", "applyRainOut"] as const),
  ...(["saveMembership", "removeMembership", "moveToCrew", "saveTimeOff", "removeTimeOff"] as const),
]);

/** Questions whose answers hold versions. */
const QUESTIONS = [
  ...["schedule", "jobList", "jobEdit", "outside", "planRainOut", "customerMessages", "resourceJobs"],
  ...["personRecord", "crewRecord", "machineRecord", "emergencyContact", "closedDays"],
  ...["estimate", "me", "company"],
] as const satisfies readonly (keyof Office)[];

/** So often is a question asked again whose answer was overtaken. */
const TRIES = 4;
/** The company's settings: many rows under one version. */
export const COMPANY = "00000000-0000-0000-0000-000000000000";

type Known = {
  version: number;
  /** When it became known: answers to what was asked before may be older. */ at: number;
};
type UnderWay = { rows: ReadonlySet<string> | null; ended: Promise<unknown> };
type Method = (...args: unknown[]) => Promise<unknown>;

export class Versions {
  /** The newest version of each row that any answer had. */
  readonly #newest = new Map<string, Known>();
  /** Of each row the versions that were written here, by those they were written over. */
  readonly #own = new Map<string, Map<number, number>>();
  readonly #jobs = new Set<(jobs: readonly ScheduleJob[]) => void>();
  /** Changes that are not answered yet. */
  #underWay: UnderWay[] = [];
  #now = 0;
  #many = $state(0);

  /** A change is on its way to the office. */
  get busy(): boolean {
    return this.#many > 0;
  }

  /** Null: nothing is under way. Else resolves when all changes are answered, and what was done with the answers at once. */
  settled(): Promise<void> | null {
    return this.#underWay.length === 0 ? null : this.#settle();
  }

  async #settle(): Promise<void> {
    while (this.#underWay.length > 0) {
      await Promise.all(this.#underWay.map(({ ended }) => ended));
      // Whoever waited for the answer goes on in microtasks: after all of them.
      await new Promise<void>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          resolve();
        };
        port2.postMessage(null);
      });
    }
  }

  /** Calls `handler` with jobs as a change made here left them, as soon as they are known. */
  onJobs(handler: (jobs: readonly ScheduleJob[]) => void): () => void {
    this.#jobs.add(handler);
    return () => this.#jobs.delete(handler);
  }

  /** The version that was seen, or the one that was written here over it since, and over that. */
  latest(id: string, seen: number): number {
    const own = this.#own.get(id);
    let version = seen;
    for (let next = own?.get(version); next !== undefined && next > version; next = own?.get(version))
      version = next;
    return version;
  }

  /** Everything between these two versions was written here. */
  isOwn(id: string, from: number, to: number): boolean {
    if (from >= to) return from === to;
    const own = this.#own.get(id);
    let version: number | undefined = from;
    while (version !== undefined && version < to) version = own?.get(version);
    return version === to;
  }

  /** That version was written here. */
  wrote(id: string, version: number): boolean {
    return [...(this.#own.get(id)?.values() ?? [])].includes(version);
  }

  /** Another office, or another person: what was done here is not theirs. */
  clear(): void {
    this.#newest.clear();
    this.#own.clear();
  }

  /** The same office, with everything it answers passing through here. */
  through(office: Office): Office {
    const changes: ReadonlySet<string> = new Set(CHANGES);
    const questions: ReadonlySet<string> = new Set(QUESTIONS);
    const made = new Map<string, Method>();
    return new Proxy(office, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof name !== "string" || typeof value !== "function") return value;
        const method: Method = (...args) => (value as Method).apply(target, args);
        if (!changes.has(name) && !questions.has(name)) return method;
        // The method is looked up anew each time: a test may put another one there.
        const known = made.get(name);
        if (known) return known;
        const call: Method = (...args) => (Reflect.get(target, name) as Method).apply(target, args);
        const passing: Method = changes.has(name)
          ? (...args) => this.#change(name, args, call)
          : (...args) => this.#question(() => call(...args));
        made.set(name, passing);
        return passing;
      },
    });
  }

  async #change(name: string, args: unknown[], call: Method): Promise<unknown> {
    const rows = OF_ANY_ROW.has(name) ? null : rowsOf(name, args);
    const before = this.#underWay.filter((other) => overlap(rows, other.rows));
    const turn = async () => {
      for (const { ended } of before) await ended;
      const sent = OVER_OWN.has(name) ? this.#overOwn(args) : args;
      const answer = await call(...sent);
      this.#take(name, sent, answer);
      return answer;
    };
    // Called now where nothing is waited for, so that a change is on its way when its key is up.
    const answer = turn();
    const entry: UnderWay = { rows, ended: answer.catch(() => undefined) };
    this.#underWay.push(entry);
    this.#many += 1;
    try {
      return await answer;
    } finally {
      this.#underWay = this.#underWay.filter((one) => one !== entry);
      this.#many -= 1;
    }
  }

  async #question(ask: () => Promise<unknown>): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      const asked = this.#now;
      const answer = await ask();
      const found = versionsIn(answer);
      const overtaken = found.some(({ id, version }) => {
        const known = this.#newest.get(id);
        return known !== undefined && known.version > version && known.at > asked;
      });
      if (overtaken && tries < TRIES) continue;
      if (!overtaken) for (const one of found) this.#read(one);
      return answer;
    }
  }

  /** What a question had for an answer that nothing overtook is so: also a lower version, of a backup that was restored. */
  #read({ id, version }: Row): void {
    const known = this.#newest.get(id);
    if (known?.version === version) return;
    if (known && known.version > version) this.#own.delete(id);
    this.#newest.set(id, { version, at: (this.#now += 1) });
  }

  /** What a change had for an answer. */
  #take(name: string, sent: unknown[], answer: unknown): void {
    for (const { id, version } of versionsIn(answer)) {
      const known = this.#newest.get(id);
      if (!known || known.version < version) this.#newest.set(id, { version, at: (this.#now += 1) });
    }
    for (const { id, over, version } of [...writtenIn(answer), ...messageIn(name, sent, answer)]) {
      const own = this.#own.get(id) ?? new Map<number, number>();
      this.#own.set(id, own.set(over, version));
    }
    const jobs = jobsIn(answer);
    if (jobs.length > 0) for (const handler of [...this.#jobs]) handler(jobs);
  }

  /** The same with the versions that were written here since. */
  #overOwn(args: unknown[]): unknown[] {
    const [id, version] = args;
    if (typeof id === "string" && typeof version === "number")
      return [id, this.latest(id, version), ...args.slice(2)];
    const raised = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(raised);
      if (value === null || typeof value !== "object") return value;
      const all = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, raised(inner)]));
      const row = rowOf(all);
      return row ? { ...all, version: this.latest(row.id, row.version) } : all;
    };
    return args.map(raised);
  }
}

type Row = { id: string; version: number };

/** A row with its version; null: it is something else. */
function rowOf(value: object): Row | null {
  const { id, person_id, membership_id, version } = value as Record<string, unknown>;
  if (typeof version !== "number") return null;
  const key = "id" in value ? id : (membership_id ?? person_id ?? COMPANY);
  return typeof key === "string" ? { id: key, version } : null;
}

function versionsIn(answer: unknown): Row[] {
  const found: Row[] = [];
  const look = (value: unknown): void => {
    if (value === null || typeof value !== "object") return;
    if (Array.isArray(value)) return value.forEach(look);
    const row = rowOf(value);
    if (row) found.push(row);
    for (const key in value) {
      const inner = (value as Record<string, unknown>)[key];
      if (inner !== null && typeof inner === "object") look(inner);
    }
  };
  look(answer);
  return found;
}

/** Of `{change}`, of a change alone, and of what a crew's outcome holds. */
function writtenIn(answer: unknown): readonly Written[] {
  if (answer === null || typeof answer !== "object") return [];
  const { change, saved, wrote } = answer as {
    change?: ChangeRef | null;
    saved?: unknown;
    wrote?: Written[];
  };
  return wrote ?? change?.wrote ?? writtenIn(saved ?? null);
}

/** A message is saved without a change that is kept. Over the version that was sent or not at all. */
function messageIn(name: string, [sent]: unknown[], answer: unknown): Written[] {
  if (name !== "saveMessage") return [];
  const [before, now] = [sent as Row, answer as Row];
  return now.version > before.version ? [{ id: now.id, over: before.version, version: now.version }] : [];
}

function jobsIn(answer: unknown): readonly ScheduleJob[] {
  if (answer === null || typeof answer !== "object" || !("jobs" in answer)) return [];
  const { kind, jobs } = answer as { kind?: string } & Pick<Undone, "jobs">;
  // "changed" holds what others made of them; only a dialog shows it.
  return kind === undefined || kind === "done" ? jobs : [];
}

/** What a change may be of: all ids in it. */
function rowsOf(name: string, args: unknown[]): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (value: unknown, key: string | null): void => {
    if (typeof value === "string") {
      if (key === null || key === "id" || key.endsWith("_id")) found.add(value);
    } else if (Array.isArray(value)) for (const one of value) look(one, key);
    else if (value !== null && typeof value === "object")
      for (const [inner, of] of Object.entries(value)) look(of, inner);
  };
  for (const arg of args) look(arg, null);
  return found.size > 0 ? found : new Set([name]);
}

function overlap(a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): boolean {
  if (a === null || b === null) return true;
  for (const one of a) if (b.has(one)) return true;
  return false;
}
