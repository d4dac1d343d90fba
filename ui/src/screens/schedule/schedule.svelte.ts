import { refused } from "$/components/toast/toast";
import type {
  Consequences,
  JobCheck,
  JobMove,
  JobSeed,
  Office,
  Reassign,
  ResourceKind,
  ResourceRef,
  Schedule,
  ScheduleJob,
} from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { addDays } from "$/lib/dates";
import { Refresher } from "$/lib/refresher";
import { clockTime, computerZone, moment, officeDate, shortDate } from "$/lib/time";
import type { App } from "$/shell/app.svelte";
import type { ScheduleTab } from "$/shell/screens";

import { reassigned } from "./board/reassign";
import { jobFilter, readFilters, writeFilters, type ScheduleFilters } from "./filters";
import { becomeStatus, desk, moveTo, newJob } from "./job/desk.svelte";
import { settle } from "./outcome.svelte";
import { JobSelection } from "./selection.svelte";
import { spanOf, type Span } from "./span";

/** How long a job stays marked that somebody else changed. */
const MARKED_FOR = 2_600;
const TICK = 30_000;

/** Where one job goes. */
export type Move = { job: ScheduleJob; start: string; end: string; reassign: Reassign | null };

/** What the view on screen can be asked to do by a command. */
export type Acting = {
  pickUp?: () => void;
  open?: () => void;
  selectAll?: () => void;
  reveal?: (jobId: string) => void;
  /** Reads again what it reads by itself. */
  refresh?: () => void;
  /** Jobs were changed in this window: what is carried stands on what they are now. */
  follow?: () => void;
  /** Where the keys are, for what is made anew. */
  here?: () => { date: string | null; resource: ResourceRef | null } | null;
  /** What the keys act on: the selected jobs, else the one with the focus; nobody chose any other. */
  jobs: () => ScheduleJob[];
};

/** The schedule as the screen shows it: the part that is in the route, the selection, and what is under way. */
export class ScheduleStore {
  /** What is shown, with changes under way put in already. */
  data = $derived.by(() => this.#withPending());
  error = $state.raw<OfficeError | null>(null);
  loading = $state(false);
  /** Jobs somebody else changed just now; marked for a moment. */
  changed = $state.raw<ReadonlySet<string>>(new Set());
  /** Now, by the database's clock; moves every half minute. */
  now = $state(Date.now());
  /** Of the view on screen. */
  acting = $state.raw<Acting | null>(null);
  /** The job in the panel as it is shown there. */
  inPanel: { id: string; version: number } | null = null;
  readonly selection = new JobSelection();
  readonly office: Office;

  /** As the office last said. */
  #read = $state.raw<Schedule | null>(null);
  /** Of the part that is shown. */
  #key = "";
  #shown = false;
  /** Something has changed while nobody looked. */
  #stale = false;
  /** The database's clock less this computer's. */
  #ahead = 0;
  /** What is being saved, by job. */
  #pending = $state.raw<ReadonlyMap<string, Partial<ScheduleJob>>>(new Map());
  /** What is being saved of a job, each after the one before. */
  readonly #saving = new Map<string, Promise<unknown>>();
  readonly #refresher = new Refresher(() => this.#ask());
  #unmark: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly app: App) {
    this.office = app.office;
    app.office.on("schedule-changed", () => void this.refresh());
    app.office.on("company-changed", () => void this.refresh());
    app.versions.onJobs((jobs) => this.#put(jobs));
    setInterval(() => this.#tick(), TICK);
  }

  get tab(): ScheduleTab {
    const { screen, tab } = this.app.router.route;
    return screen === "schedule" && tab ? (tab as ScheduleTab) : "board";
  }

  readonly filters: ScheduleFilters = $derived.by(() => {
    const { screen, filters } = this.app.router.route;
    return readFilters(screen === "schedule" ? filters : undefined);
  });

  /** The days the route asks for; `data` may still be of the ones before. */
  readonly span: Span = $derived(spanOf(this.tab, this.filters, this.today));

  setFilters(patch: Partial<ScheduleFilters>): void {
    this.app.router.filter(writeFilters({ ...this.filters, ...patch }));
  }

  get zone(): string {
    return this.#read?.zone ?? this.app.today.data?.zone ?? computerZone();
  }

  get today(): string {
    return this.#read?.today ?? officeDate(new Date(), this.zone);
  }

  get writable(): boolean {
    return this.whyNot === null;
  }

  /** Why nothing can be changed now, as a sentence. */
  get whyNot(): string | null {
    const { state } = this.app.connection;
    if (state.kind !== "online")
      return "The office database does not answer, so the schedule can only be read now.";
    if (state.read_only)
      return "The database asks for a newer version of this program before anything is changed.";
    if (this.#read?.copy_as_of)
      return "This is the copy on this computer; it can be changed as soon as the office database answers.";
    return null;
  }

  /** "7:42 AM", or with its day: how old the copy is; null: it is no copy. */
  get copyOf(): string | null {
    const at = this.#read?.copy_as_of;
    if (!at) return null;
    return officeDate(at, this.zone) === this.today
      ? clockTime(at, this.zone)
      : moment(at, this.zone, this.today);
  }

  /** Which of the days shown the copy does not hold, as a sentence: they are empty for no other reason. */
  get copyLacks(): string | null {
    const days = this.#read?.copy_days;
    if (!this.#read || !days) return null;
    if (this.#read.until > days.until)
      return `It ends on ${shortDate(addDays(days.until, -1), this.today)}; what comes after is not in it.`;
    if (this.#read.from < days.from)
      return `It begins on ${shortDate(days.from, this.today)}; what was before is not in it.`;
    return null;
  }

  /** While the screen is open what it shows is kept up to date. */
  show(): () => void {
    this.#shown = true;
    return () => {
      this.#shown = false;
      this.acting = null;
    };
  }

  /** The part in the route has changed. */
  follow(): void {
    const key = this.#keyNow();
    if (key !== this.#key || this.#stale || this.error) void this.refresh();
  }

  refresh(): Promise<void> {
    if (!this.#shown) {
      this.#key = "";
      // A reading under way may be from before what is asked for here.
      this.#stale = true;
      return Promise.resolve();
    }
    this.acting?.refresh?.();
    return this.#refresher.ask();
  }

  job(id: string): ScheduleJob | null {
    return this.data?.jobs.find((job) => job.id === id) ?? null;
  }

  /** The versions the person has before them, of those jobs that are on screen. */
  seen(ids: readonly string[]): Map<string, number> {
    const seen = new Map<string, number>();
    const put = ({ id, version }: { id: string; version: number }) => {
      if (ids.includes(id)) seen.set(id, this.app.versions.latest(id, Math.max(version, seen.get(id) ?? 0)));
    };
    if (this.#shown) [...(this.data?.jobs ?? []), ...(this.acting?.jobs() ?? [])].forEach(put);
    if (this.inPanel) put(this.inPanel);
    return seen;
  }

  /** Until what is being undone is; null: nothing is. What comes after it is measured from where it leaves the jobs. */
  undoing(): Promise<void> | null {
    return this.app.undo.turn;
  }

  /** It is the same job, changed by nobody but this window since. */
  isOwn(before: ScheduleJob, now: ScheduleJob): boolean {
    return this.app.versions.isOwn(before.id, before.version, now.version);
  }

  openJob(id: string): void {
    this.app.open({ kind: "job", id });
  }

  openResource(kind: ResourceKind, id: string): void {
    this.app.open({ kind, id });
  }

  newJob(seed: JobSeed): void {
    if (!this.refuse()) newJob(seed);
  }

  moveTo(jobIds: readonly string[]): void {
    if (!this.refuse()) moveTo(jobIds);
  }

  /** `to` null: the person chooses. */
  setStatus(jobIds: readonly string[], to: string | null): void {
    if (!this.refuse()) becomeStatus(jobIds, to);
  }

  /** Says why nothing can be changed, where that is so. */
  refuse(): boolean {
    const why = this.whyNot;
    if (why === null) return false;
    this.app.announcer.say(why);
    refused(why);
    return true;
  }

  /** "Shift+M", or nothing while it has none. */
  shortcut(command: string): string | undefined {
    return this.app.registry.label(command) || undefined;
  }

  say(sentence: string): void {
    this.app.announcer.say(sentence);
  }

  /** They stand at their new places at once, and go back when it is given up. */
  async move(moves: Move[], title: string, wanted: Map<string, string>): Promise<"done" | "given_up"> {
    if (this.refuse() || moves.length === 0) return "given_up";
    const to = new Map(
      moves.map(
        ({ job, start, end, reassign }) =>
          [job.id, { start, end, ...reassigned(job, reassign, this.#read) }] as const,
      ),
    );
    return this.#during(to, () =>
      settle(
        async ({ overrideReason, versions, reason }) => {
          const asked: JobMove[] = moves.map(({ job, start, end, reassign }) => ({
            ...{ id: job.id, version: versions?.get(job.id) ?? job.version },
            ...{ start, end, reassign },
          }));
          return this.office.moveJobs(asked, reason, overrideReason);
        },
        { title, jobs: wanted },
      ),
    );
  }

  async pin(jobs: ScheduleJob[], pinned: boolean): Promise<"done" | "given_up"> {
    if (this.refuse() || jobs.length === 0) return "given_up";
    const word = pinned ? "pinned" : "unpinned";
    const title = jobs.length === 1 ? `The job is ${word}` : `${jobs.length} jobs are ${word}`;
    return this.#during(new Map(jobs.map((job) => [job.id, { pinned }])), () =>
      settle(
        ({ versions }) =>
          this.office.pinJobs(
            jobs.map((job) => ({ id: job.id, version: versions?.get(job.id) ?? job.version })),
            pinned,
          ),
        { title, jobs: new Map(jobs.map((job) => [job.id, word])) },
      ),
    );
  }

  /** Makes jobs of the seeds at once and in one step: copies, or waiting work that was dragged to its place. */
  async create(seeds: readonly JobSeed[], title: string, wanted: string): Promise<"done" | "given_up"> {
    if (this.refuse() || seeds.length === 0) return "given_up";
    return this.#during(new Map(), () =>
      settle(
        async ({ overrideReason, reason }) => {
          const all = await Promise.all(seeds.map((seed) => this.office.jobSeed(seed)));
          const inputs = all.map(({ input }) => input);
          const [one] = inputs;
          return one && inputs.length === 1
            ? this.office.createJob(one, reason, overrideReason)
            : this.office.createJobs(inputs, reason, overrideReason);
        },
        { title, jobs: new Map([["", wanted]]) },
      ),
    );
  }

  check(checks: JobCheck[]): Promise<Consequences[]> {
    return this.office.checkJobs(checks);
  }

  clear(): void {
    this.#read = null;
    this.#key = "";
    this.error = null;
    this.changed = new Set();
    this.#pending = new Map();
    this.selection.clear();
    desk.clear();
  }

  /** It shows at once and is saved after what was done with these jobs before, also where that was asked about. */
  async #during<T>(to: ReadonlyMap<string, Partial<ScheduleJob>>, act: () => Promise<T>): Promise<T> {
    this.#pending = new Map([...this.#pending, ...to]);
    const before = [...to.keys()].flatMap((id) => this.#saving.get(id) ?? []);
    const turn = Promise.all(before).then(act);
    const ended = turn.catch(() => undefined);
    for (const id of to.keys()) this.#saving.set(id, ended);
    try {
      return await turn;
    } finally {
      for (const id of to.keys()) if (this.#saving.get(id) === ended) this.#saving.delete(id);
      // What a later change has put there stays.
      this.#pending = new Map([...this.#pending].filter(([id, change]) => to.get(id) !== change));
      void this.refresh();
    }
  }

  /** What was saved or undone is known before it is read again; a reading may have been quicker still. */
  #put(jobs: readonly ScheduleJob[]): void {
    if (!this.#read) return;
    const saved = new Map(jobs.map((job) => [job.id, job]));
    const newer = (job: ScheduleJob) => {
      const now = saved.get(job.id);
      return now && now.version >= job.version ? now : job;
    };
    this.#read = { ...this.#read, jobs: this.#read.jobs.map(newer) };
    this.acting?.follow?.();
  }

  #withPending(): Schedule | null {
    const read = this.#read;
    const pending = this.#pending;
    if (!read || pending.size === 0) return read;
    return {
      ...read,
      jobs: read.jobs.map((job) => {
        const change = pending.get(job.id);
        return change ? { ...job, ...change } : job;
      }),
    };
  }

  #keyNow(): string {
    const { from, until } = this.span;
    return JSON.stringify([from, until, jobFilter(this.filters)]);
  }

  async #ask(): Promise<void> {
    const key = this.#keyNow();
    this.loading = true;
    this.#stale = false;
    try {
      const next = await this.office.schedule({ ...this.span, filter: jobFilter(this.filters) });
      // Meanwhile the person went on: what they want now is asked for next.
      if (key === this.#keyNow()) this.#take(next, key);
      else void this.#refresher.ask();
    } catch (thrown) {
      this.error = asOfficeError(thrown);
    } finally {
      this.loading = false;
    }
  }

  #take(next: Schedule, key: string): void {
    const same = key === this.#key;
    const before = same ? this.#read : null;
    this.#ahead = Date.parse(next.as_of) - Date.now();
    this.now = Date.now() + this.#ahead;
    this.#key = key;
    this.#read = next;
    this.error = null;
    if (!same) this.selection.clear();
    else this.selection.keep(new Set(next.jobs.map((job) => job.id)));
    this.acting?.follow?.();
    if (before) void this.#mark(before, next);
    else this.changed = new Set();
    // A new day began while nobody looked.
    if (key !== this.#keyNow()) void this.#refresher.ask();
  }

  /** What differs, and was not done here: what is being done here may be read before it is answered. */
  async #mark(before: Schedule, next: Schedule): Promise<void> {
    const was = new Map(before.jobs.map((job) => [job.id, job.version]));
    const { versions } = this.app;
    const differs = next.jobs.filter((job) => was.get(job.id) !== job.version);
    if (differs.length > 0) await versions.settled();
    const changed = differs.filter((job) => !versions.wrote(job.id, job.version));
    if (changed.length === 0 || this.#read === null) return;
    this.changed = new Set(changed.map((job) => job.id));
    clearTimeout(this.#unmark);
    this.#unmark = setTimeout(() => (this.changed = new Set()), MARKED_FOR);
  }

  #tick(): void {
    if (!this.#shown) return;
    this.now = Date.now() + this.#ahead;
    if (this.#read && officeDate(new Date(this.now), this.zone) !== this.#read.today) void this.refresh();
  }
}
