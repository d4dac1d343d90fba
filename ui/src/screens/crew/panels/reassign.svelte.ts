import type {
  Consequences,
  JobCheck,
  JobMove,
  ResourceJob,
  ResourceKind,
  Roster,
  WarningKind,
} from "$/ipc/client";
import { count, shorten } from "$/lib/words";
import { settle } from "$/screens/schedule/outcome.svelte";
import type { App } from "$/shell/app.svelte";

import { statusWord, trade } from "../words";

/** As many are judged at once, and changed in one step. */
const MOST = 200;
/** About whoever comes; a holiday, say, was there before. */
const PERSONAL: WarningKind[] = [
  "on_leave",
  "not_available",
  "certificate_expired",
  "certificate_missing",
  "in_shop",
  "gone",
];

/** The jobs of somebody who is going, and who is put in their place. */
export class Reassigning {
  /** Whom or what to put in their place; "": nobody is chosen yet. */
  to = $state("");
  /** Jobs that are left as they are. */
  left = $state.raw<ReadonlySet<string>>(new Set());
  /** What would follow of each job, once that is known. */
  found = $state.raw<ReadonlyMap<string, Consequences>>(new Map());
  busy = $state(false);
  /** What the person said of a job themselves: it stays so, whatever is found later. */
  #said: ReadonlyMap<string, boolean> = new Map();
  #asked = 0;

  constructor(
    private readonly app: App,
    readonly kind: ResourceKind,
    readonly id: string,
  ) {}

  choose(to: string, jobs: ResourceJob[]): void {
    this.to = to;
    this.#forget();
    void this.judge(jobs);
  }

  /** Says beforehand where it would clash; those jobs are left out unless the person wants them. */
  async judge(jobs: ResourceJob[]): Promise<void> {
    const asked = ++this.#asked;
    this.found = new Map();
    if (this.to === "" || jobs.length === 0) return;
    const reassign = { kind: this.kind, from: this.id, to: this.to };
    const checks = jobs.slice(0, MOST).map((job): JobCheck => ({
      job_id: job.id,
      start: job.start,
      end: job.end,
      reassign,
      words: null,
      weather_dependent: null,
    }));
    try {
      const found = await this.app.office.checkJobs(checks);
      if (asked !== this.#asked) return;
      this.found = new Map(found.flatMap((one) => (one.job_id ? [[one.job_id, one]] : [])));
      const clashing = found.filter((one) => this.#clash(one)).flatMap((one) => one.job_id ?? []);
      const not = [...this.#said].flatMap(([id, on]) => (on ? [] : id));
      this.left = new Set([...clashing.filter((id) => this.#said.get(id) !== true), ...not]);
    } catch {
      // The database judges once more when it is saved.
    }
  }

  #clash(one: Consequences): boolean {
    return one.clashes.some((clash) => this.kind === "crew" || clash.resource_id === this.to);
  }

  /** Why this job is a bad idea for whoever comes; null: it is none. */
  trouble(job: ResourceJob): { clash: boolean; text: string } | null {
    const one = this.found.get(job.id);
    const clash = one?.clashes.find((c) => this.kind === "crew" || c.resource_id === this.to);
    if (clash) {
      const where = shorten(clash.other_customer ?? clash.other_address, 60);
      return { clash: true, text: `${shorten(clash.resource_name, 60)} is already on ${where}` };
    }
    const warning = one?.warnings.find((w) => PERSONAL.includes(w.kind));
    return warning ? { clash: false, text: shorten(warning.text, 160) } : null;
  }

  toggle(job: ResourceJob, on: boolean): void {
    this.#said = new Map([...this.#said, [job.id, on]]);
    const left = new Set(this.left);
    if (on) left.delete(job.id);
    else left.add(job.id);
    this.left = left;
  }

  #forget(): void {
    this.left = new Set();
    this.#said = new Map();
  }

  taken(jobs: ResourceJob[]): ResourceJob[] {
    return jobs.filter((job) => !this.left.has(job.id)).slice(0, MOST);
  }

  /** Puts them there, as one step that can be undone. */
  async put(jobs: ResourceJob[], toName: string, fromName: string): Promise<boolean> {
    const taken = this.taken(jobs);
    if (this.to === "" || taken.length === 0 || this.busy) return false;
    const reassign = { kind: this.kind, from: this.id, to: this.to };
    const title = `${shorten(toName, 60)} is on ${count(taken.length, "job")} instead of ${shorten(fromName, 60)}`;
    this.busy = true;
    try {
      const done = await settle(
        ({ overrideReason, versions, reason }) =>
          this.app.office.moveJobs(
            taken.map((job): JobMove => ({
              ...{ id: job.id, version: versions?.get(job.id) ?? job.version, start: job.start },
              ...{ end: job.end, reassign },
            })),
            reason,
            overrideReason,
          ),
        { title, jobs: new Map(taken.map((job) => [job.id, `with ${shorten(toName, 60)}`])) },
      );
      if (done === "done") {
        this.to = "";
        this.found = new Map();
        this.#forget();
      }
      return done === "done";
    } finally {
      this.busy = false;
    }
  }
}

export type Replacement = { value: string; label: string; hint: string };

/** Who or what could come instead: the same role or kind first. */
export function replacements(roster: Roster | null, kind: ResourceKind, id: string): Replacement[] {
  if (!roster) return [];
  const crewName = (crew: string) => roster.crews.find((one) => one.id === crew)?.name ?? "";
  if (kind === "person") {
    const role = roster.people.find((one) => one.id === id)?.role;
    return roster.people
      .filter((one) => one.id !== id && one.status === "active")
      .sort((a, b) => Number(b.role === role) - Number(a.role === role))
      .map((one) => ({
        ...{ value: one.id, label: one.name },
        hint: [trade(one.role), ...one.crews.map((crew) => `in ${crewName(crew)}`), one.away && "away now"]
          .filter(Boolean)
          .join(" · "),
      }));
  }
  if (kind === "machine") {
    const of = roster.machines.find((one) => one.id === id)?.kind;
    return roster.machines
      .filter((one) => one.id !== id && one.status !== "retired")
      .sort((a, b) => Number(b.kind === of) - Number(a.kind === of))
      .map((one) => ({
        ...{ value: one.id, label: one.name },
        hint: [trade(one.kind), one.status !== "active" && statusWord("machine", one.status)]
          .filter(Boolean)
          .join(" · "),
      }));
  }
  return roster.crews
    .filter((one) => one.id !== id && one.status === "active")
    .map((one) => ({
      ...{ value: one.id, label: one.name },
      hint: one.lead ? `led by ${one.lead}` : `${count(one.members, "person", "people")}`,
    }));
}
