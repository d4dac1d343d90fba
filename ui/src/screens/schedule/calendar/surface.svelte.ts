import { tick } from "svelte";

import type { ScheduleJob } from "$/ipc/client";
import { keysAreIn } from "$/lib/keysAt";

import type { Acting, ScheduleStore } from "../schedule.svelte";
import type { CalendarContext } from "./context";
import type { CalendarFocus, Stop } from "./focus.svelte";
import type { PlacedJob } from "./placed";

/** The stop that says how many more there are. */
export const MORE = "more";

/** The mouse and the keys of a calendar of days, whatever it looks like. */
export class CalendarSurface implements CalendarContext {
  box = $state<HTMLElement | null>(null);
  /** What the popover is of. */
  #opened = $state.raw<{ stop: Stop; ids: ReadonlySet<string>; anchor: HTMLElement | null } | null>(null);
  /** Of Shift and a click. */
  #from: string | null = null;

  constructor(
    readonly store: ScheduleStore,
    readonly focus: CalendarFocus,
    private readonly around: {
      jobs: () => readonly PlacedJob[];
      /** Begins a job on that day, where the view has no better idea of the time. */
      create: (date: string) => void;
      jobsOf: (stop: Stop) => readonly PlacedJob[];
    },
  ) {}

  readonly #day = $derived.by(() => {
    if (!this.#opened) return null;
    const { stop, ids, anchor } = this.#opened;
    const { date } = stop;
    const hidden = this.around.jobsOf(stop);
    // There may be room for all of them now: those that were in it stay in it, as far as they are there.
    const kept = ({ job, first, last }: PlacedJob) => ids.has(job.id) && first <= date && date <= last;
    const jobs = hidden.length > 0 ? hidden : this.around.jobs().filter(kept);
    return { date, jobs, anchor };
  });

  /** The day whose jobs are in a popover, as they are now. It is opened by {@link more}. */
  get day(): { date: string; jobs: readonly PlacedJob[]; anchor: HTMLElement | null } | null {
    return this.#day;
  }
  set day(closed: null) {
    this.#opened = closed;
  }

  press = (event: MouseEvent, job: ScheduleJob, date: string): void => {
    const { selection } = this.store;
    this.focus.at = { date, id: job.id };
    if (event.shiftKey) this.#selectTo(job.id);
    else if (event.ctrlKey || event.metaKey) {
      selection.toggle(job.id);
      this.#from = job.id;
    } else {
      if (selection.size > 0) selection.clear();
      this.#from = job.id;
      this.store.openJob(job.id);
    }
  };

  /** Selected ones, else the one with the focus, where the keys are on the calendar. */
  acted(): ScheduleJob[] {
    const { selection, data } = this.store;
    const all = data?.jobs ?? [];
    if (selection.size > 0) return all.filter((job) => selection.has(job.id));
    if (!keysAreIn(this.box)) return [];
    return all.filter((job) => job.id === this.focus.at?.id);
  }

  /** What commands can ask of it. */
  acting(reveal: (id: string) => void): Acting {
    return {
      jobs: () => this.acted(),
      here: () =>
        keysAreIn(this.box) && this.focus.at ? { date: this.focus.at.date, resource: null } : null,
      open: () => {
        const [job] = this.acted();
        if (job) this.store.openJob(job.id);
      },
      // There is no carrying over a calendar: the dialog asks where to.
      pickUp: () => this.store.moveTo(this.acted().map(({ id }) => id)),
      selectAll: this.selectAll,
      reveal,
    };
  }

  keydown = (event: KeyboardEvent, stop: Stop): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const job = stop.id === null ? null : (this.store.data?.jobs.find((one) => one.id === stop.id) ?? null);
    const mod = event.ctrlKey || event.metaKey;
    // By Tab or by a click the focus comes here without an arrow.
    this.focus.at = stop;
    if (this.focus.key(event, stop)) void this.reveal();
    else if (event.key === "Enter" && !mod && stop.id?.startsWith(MORE)) this.more(stop);
    else if (event.key === "Enter" && !mod && job) this.store.openJob(job.id);
    else if (event.key === "Enter" && !mod) this.around.create(stop.date);
    else if (event.key === " " && job) this.store.selection.toggle(job.id);
    else if (mod && event.key.toLowerCase() === "a") this.selectAll();
    else if (event.key === "Escape" && this.store.selection.size > 0) this.store.selection.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  selectAll = (): void => this.store.selection.set(this.store.data?.jobs.map((job) => job.id) ?? []);

  more = (stop: Stop): void => {
    const anchor = this.box?.querySelector<HTMLElement>(
      `[data-stop="${CSS.escape(`${stop.date}|${stop.id ?? ""}`)}"]`,
    );
    const ids = new Set(this.around.jobsOf(stop).map(({ job }) => job.id));
    this.#opened = { stop, ids, anchor: anchor ?? null };
  };

  /** Brings the keys to where they act. */
  async reveal(): Promise<void> {
    await tick();
    const element = this.box?.querySelector<HTMLElement>("[data-stop][tabindex='0']");
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #selectTo(id: string): void {
    const ids = this.around.jobs().map(({ job }) => job.id);
    const [a, b] = [ids.indexOf(this.#from ?? id), ids.indexOf(id)];
    this.store.selection.add(ids.slice(Math.min(a, b), Math.max(a, b) + 1));
  }
}
