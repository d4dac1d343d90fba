import type { JobLine, JobList, JobListQuery, Office, ScheduleJob } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";

/** Which jobs, in what order; where a page begins is the source's business. */
export type ListQuestion = Omit<JobListQuery, "after" | "limit">;

export const PAGE = 100;
/** Somebody pulled the scroll bar far down. */
const BIG_PAGE = 500;
/** The core counts no further. */
export const MANY = 10_000;
/** Nor a crew's jobs, where there are very many: so many mean "at least". */
export const MANY_OF_A_CREW = 1_000;

type Page = { after: string | null; limit: number; lines: JobLine[]; stale: boolean };

/**
 * The lines of the list, read page after page. What changes elsewhere is read again where somebody looks; nothing goes
 * blank meanwhile, and an answer to an older question is dropped.
 */
export class JobListSource {
  lines = $state.raw<JobLine[]>([]);
  /** How many are in each group, in their order. */
  groups = $state.raw<ReadonlyMap<string, number>>(new Map());
  /** {@link MANY} means "at least". */
  total = $state(0);
  loaded = $state(false);
  loading = $state(false);
  error = $state.raw<OfficeError | null>(null);
  /** What failed was a further page. */
  moreError = $state.raw<OfficeError | null>(null);

  #pages: Page[] = [];
  #next = $state.raw<string | null>(null);
  #question: ListQuestion | null = null;
  /** What the lines answer; the one asked since may not have been answered. */
  #answered: ListQuestion | null = null;
  /** Something changed while the question was under way. */
  #late = false;
  #asked = 0;
  /** Lines on screen. */
  #seen: [first: number, last: number] = [0, 0];
  /** So many lines are wanted. */
  #wanted = 0;
  readonly #refresher = new Refresher(() => this.#reread());

  /** Another question has its answer. */
  onanswer: (() => void) | null = null;
  /** These were here and are not any more. */
  ongone: ((ids: ReadonlySet<string>) => void) | null = null;

  constructor(private readonly office: Pick<Office, "jobList">) {}

  /** There are lines that are not here yet. */
  get more(): boolean {
    return this.#next !== null;
  }

  /** From the top; false: a newer question came in between, or it failed. */
  async ask(question: ListQuestion): Promise<boolean> {
    const asked = ++this.#asked;
    this.#question = question;
    this.#late = false;
    this.#wanted = 0;
    this.loading = true;
    try {
      const answer = await this.office.jobList({ ...question, after: null, limit: PAGE });
      if (asked !== this.#asked) return false;
      this.#pages = [{ after: null, limit: PAGE, lines: answer.items, stale: false }];
      this.#next = answer.next;
      this.#note(answer);
      this.#join();
      this.loaded = true;
      this.error = this.moreError = null;
      this.#answered = question;
      this.onanswer?.();
      if (this.#late) void this.refresh();
      return true;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asOfficeError(thrown);
      return false;
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  retry(): void {
    if (this.moreError && this.#settled) {
      this.moreError = null;
      void this.#reach();
    } else void this.refresh();
  }

  /** What is here is what was asked for last: its pages can be read again, and others after them. */
  get #settled(): boolean {
    return this.#question !== null && this.#question === this.#answered;
  }

  /** These lines are on screen; `last` may be beyond what is here. */
  look(first: number, last: number): void {
    this.#seen = [first, last];
    this.#wanted = Math.max(this.#wanted, last + 1 + PAGE / 2);
    if (!this.#settled) return;
    if (this.#visible().some((page) => page.stale)) void this.#refresher.ask();
    void this.#reach();
  }

  /** Something has changed: what is on screen is read again, the rest when it is looked at. */
  refresh(): Promise<void> {
    for (const page of this.#pages) page.stale = true;
    if (this.#settled) return this.#refresher.ask();
    // On its way: what comes may be of before the change. It failed: it is asked again.
    if (this.loading) this.#late = true;
    else if (this.#question) return this.ask(this.#question).then(() => undefined);
    return Promise.resolve();
  }

  /** Jobs as a change or an undo left them, before their pages are read again. */
  take(jobs: readonly ScheduleJob[]): void {
    const now = new Map(jobs.map((job) => [job.id, job]));
    const newer = (line: JobLine): JobLine => {
      const job = now.get(line.job.id);
      return job && job.version >= line.job.version ? { ...line, job } : line;
    };
    for (const page of this.#pages) page.lines = page.lines.map(newer);
    this.#join();
  }

  /** The pages up to what is wanted, one after the other: each begins where the one before ended. */
  async #reach(): Promise<void> {
    if (this.loading || this.moreError || this.#refreshing || !this.#settled) return;
    const asked = this.#asked;
    this.loading = true;
    try {
      while (this.#next !== null && this.lines.length < this.#wanted) {
        const after = this.#next;
        const limit = this.#wanted - this.lines.length > PAGE ? BIG_PAGE : PAGE;
        const answer = await this.office.jobList({ ...this.#question!, after, limit });
        if (asked !== this.#asked) return;
        this.#pages.push({ after, limit, lines: answer.items, stale: false });
        // A page with nothing on it would lead nowhere for ever.
        this.#next = answer.items.length > 0 ? answer.next : null;
        this.#join();
      }
    } catch (thrown) {
      if (asked === this.#asked) this.moreError = asOfficeError(thrown);
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  #refreshing = false;

  async #reread(): Promise<void> {
    if (!this.#settled) return;
    const asked = this.#asked;
    this.#refreshing = true;
    try {
      // The first page, too: it says how many there are.
      const wanted = this.#pages.filter(
        (page, at) => page.stale && (at === 0 || this.#visible().includes(page)),
      );
      for (const page of wanted) {
        const answer = await this.office.jobList({
          ...this.#question!,
          after: page.after,
          limit: page.limit,
        });
        if (asked !== this.#asked) return;
        const at = this.#pages.indexOf(page);
        // Meanwhile the list became shorter.
        if (at < 0) continue;
        const before = page.lines;
        page.lines = answer.items;
        page.stale = false;
        if (page.after === null) this.#note(answer);
        if (answer.next === null || answer.items.length === 0) {
          this.#pages.length = at + 1;
          this.#next = null;
        } else if (at + 1 < this.#pages.length) this.#pages[at + 1]!.after = answer.next;
        else this.#next = answer.next;
        this.#join();
        this.#miss(before, answer);
      }
      this.error = null;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asOfficeError(thrown);
    } finally {
      this.#refreshing = false;
      if (asked === this.#asked) void this.#reach();
    }
  }

  /** What was between others and is nowhere now. Behind the last that is left it may stand on a page further down. */
  #miss(before: readonly JobLine[], { items, next }: JobList): void {
    const on = new Set(items.map(({ job }) => job.id));
    const last = next === null ? before.length : before.findLastIndex(({ job }) => on.has(job.id));
    const here = new Set(this.lines.map(({ job }) => job.id));
    const gone = before.slice(0, Math.max(0, last)).filter(({ job }) => !here.has(job.id));
    if (gone.length > 0) this.ongone?.(new Set(gone.map(({ job }) => job.id)));
  }

  #visible(): Page[] {
    const [first, last] = this.#seen;
    let begin = 0;
    return this.#pages.filter(({ lines }) => {
      const from = begin;
      begin += lines.length;
      return from <= last && begin > first;
    });
  }

  #note(answer: JobList): void {
    this.total = answer.total ?? answer.items.length;
    this.groups = new Map(answer.groups.map(({ key, count }) => [key, count]));
  }

  /** A job that has moved can be on its old page and on its new one: the page that was read last knows better. */
  #join(): void {
    const fresh = new Map<string, Page>();
    for (const page of this.#pages) {
      for (const { job } of page.lines) {
        const other = fresh.get(job.id);
        if (!other || (other.stale && !page.stale)) fresh.set(job.id, page);
      }
    }
    const seen = new Set<string>();
    this.lines = this.#pages.flatMap((page) =>
      page.lines.filter(({ job }) => {
        if (fresh.get(job.id) !== page || seen.has(job.id)) return false;
        seen.add(job.id);
        return true;
      }),
    );
  }
}
