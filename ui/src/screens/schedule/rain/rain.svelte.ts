import type {
  ConnectionState,
  Office,
  PlanProblem,
  PlanStrategy,
  RainPlan,
  RainRequest,
  Schedule,
} from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { addDays } from "$/lib/dates";
import { Refresher } from "$/lib/refresher";
import { computerZone, officeDate } from "$/lib/time";

import { EVERY_JOB, jobFilter } from "../filters";
import { DAYS_AHEAD, DAYS_READ, jobsInRain, rainDays, reasonFor, usualDays, type RainDay } from "./days";
import { dropChoices, keepChoices, keptChoices } from "./draft";
import {
  agreed,
  figuresOf,
  rowsOf,
  summaryOf,
  withEdit,
  withoutEdit,
  type Edits,
  type Figures,
  type Place,
  type Row,
} from "./edits";
import { workdaysOf, type Workdays } from "./workdays";

export const STRATEGIES = ["best_fit", "nothing_forward", "push_all"] as const satisfies PlanStrategy[];
export const MOST_PUSHED = 20;

/** Clicks that come in quick succession are one question. */
const PLAN_AFTER = 120;
const CHECK_AFTER = 250;

/** What a strategy would come to; null: it is being asked. */
export type Compared = { figures: Figures } | { error: OfficeError } | null;

const NOWHERE: Workdays = { zone: "UTC", working: new Set(), closed: new Set() };

/**
 * A rain-out in the making: the days, the plan of the core, and what the person changed about it. It stays while they
 * look at the board in between.
 */
export class RainStore {
  /** The coming weeks, whatever the board is narrowed to. */
  schedule = $state.raw<Schedule | null>(null);
  scheduleError = $state.raw<OfficeError | null>(null);
  days = $state.raw<string[]>([]);
  /** From this time on the first day; null: all of it. */
  fromTime = $state<string | null>(null);
  strategy = $state<PlanStrategy>("best_fit");
  pushDays = $state(1);
  otherCrews = $state(true);

  plan = $state.raw<RainPlan | null>(null);
  planError = $state.raw<OfficeError | null>(null);
  planning = $state(false);
  /** The person did not want to wait. */
  stopped = $state(false);
  compared = $state.raw<ReadonlyMap<PlanStrategy, Compared>>(new Map());

  edits = $state.raw<Edits>(new Map());
  problems = $state.raw<PlanProblem[]>([]);
  checking = $state(false);
  checkError = $state.raw<OfficeError | null>(null);
  applying = $state(false);
  /** What the screen does for the commands, while it is shown. */
  acting: { apply: () => void } | null = null;
  /** What was chosen before is here again, as of then. */
  recalled = $state<string | null>(null);

  /** The person's own words; null: as the days say. */
  #reason = $state<string | null>(null);
  #asked = 0;
  #checked = 0;
  #planLater: ReturnType<typeof setTimeout> | undefined;
  #checkLater: ReturnType<typeof setTimeout> | undefined;
  #begun = false;
  /** The plan on screen is the answer to this. */
  #plannedFor = "";
  readonly #reading = new Refresher(() => this.#read());

  constructor(private readonly office: Office) {}

  readonly workdays = $derived(this.schedule ? workdaysOf(this.schedule) : NOWHERE);
  readonly coming: RainDay[] = $derived(this.schedule ? rainDays(this.schedule) : []);
  readonly request: RainRequest = $derived({
    days: [...this.days].sort(),
    from_time: this.fromTime,
    strategy: this.strategy,
    push_days: this.pushDays,
    other_crews: this.otherCrews,
  });
  readonly rows: Row[] = $derived(
    this.plan ? rowsOf(this.plan, this.edits, this.problems, this.workdays) : [],
  );
  readonly summary = $derived(summaryOf(this.rows, this.plan?.kept ?? [], this.problems));
  /** What the changed plan does to jobs that are not in its list. */
  readonly otherProblems: PlanProblem[] = $derived.by(() => {
    const listed = new Set(this.rows.map((row) => row.job.id));
    return this.problems.filter((problem) => !listed.has(problem.job_id));
  });
  /** Jobs in this rain, known before the plan is. */
  readonly inRain = $derived(this.schedule ? jobsInRain(this.schedule, this.days, this.fromTime) : 0);
  readonly firstDay = $derived(this.request.days[0] ?? null);

  get reason(): string {
    return this.#reason ?? reasonFor(this.request);
  }
  set reason(text: string) {
    this.#reason = text === reasonFor(this.request) ? null : text;
    this.#keep();
  }

  /** While the screen is shown: reads, and follows what others change. */
  show(): () => void {
    void this.refresh();
    const off = this.office.on("schedule-changed", () => void this.refresh());
    return () => {
      off();
      clearTimeout(this.#planLater);
      clearTimeout(this.#checkLater);
    };
  }

  refresh(): Promise<void> {
    return this.#reading.ask();
  }

  async #read(): Promise<void> {
    try {
      // This computer's date at first; the office's, once it is known.
      const today = this.schedule?.today ?? officeDate(new Date(), computerZone());
      let schedule = await this.office.schedule(range(today));
      if (schedule.from !== schedule.today) schedule = await this.office.schedule(range(schedule.today));
      this.schedule = schedule;
      this.scheduleError = null;
      this.#begin(schedule);
      // Where nothing is chosen there is nothing to plan; a copy cannot plan.
      if (this.days.length > 0 && schedule.copy_as_of === null) await this.#plan();
    } catch (thrown) {
      this.scheduleError = asOfficeError(thrown);
    }
  }

  #begin(schedule: Schedule): void {
    const last = addDays(schedule.today, DAYS_AHEAD);
    const possible = (date: string) => date >= schedule.today && date < last;
    if (this.#begun) {
      // Overnight a day that was marked may have passed.
      if (!this.days.every(possible)) this.days = this.days.filter(possible);
      return;
    }
    this.#begun = true;
    const kept = keptChoices();
    if (kept && kept.days.length > 0 && kept.days.every(possible)) {
      this.days = kept.days;
      this.fromTime = kept.fromTime;
      this.strategy = kept.strategy;
      this.pushDays = kept.pushDays;
      this.otherCrews = kept.otherCrews;
      this.edits = new Map(kept.edits);
      this.#reason = kept.reason;
      this.recalled = kept.at;
    } else this.days = usualDays(schedule);
  }

  toggleDay(date: string): void {
    const days = this.days.includes(date) ? this.days.filter((one) => one !== date) : [...this.days, date];
    this.days = days.sort();
    this.#chosen();
  }

  setFromTime(time: string | null): void {
    if (time === this.fromTime) return;
    this.fromTime = time;
    this.#chosen();
  }

  setStrategy(strategy: PlanStrategy): void {
    if (strategy === this.strategy) return;
    this.strategy = strategy;
    this.#chosen();
  }

  setPushDays(days: number): void {
    const whole = Math.round(days);
    if (!(whole >= 1 && whole <= MOST_PUSHED) || whole === this.pushDays) return;
    this.pushDays = whole;
    this.#without("push_all");
    this.#chosen();
  }

  setOtherCrews(may: boolean): void {
    this.otherCrews = may;
    this.#chosen();
  }

  /** Everything as it was when the screen was opened for the first time. */
  startOver(): void {
    this.#reset(this.schedule ? usualDays(this.schedule) : []);
    this.#chosen();
  }

  #reset(days: string[]): void {
    this.days = days;
    this.fromTime = null;
    this.strategy = "best_fit";
    this.pushDays = 1;
    this.otherCrews = true;
    this.edits = new Map();
    this.#reason = null;
    this.recalled = null;
    this.plan = null;
    this.problems = [];
    this.compared = new Map();
    this.#plannedFor = "";
    dropChoices();
  }

  /** It is applied: the next rain-out begins anew. */
  finish(): void {
    clearTimeout(this.#planLater);
    clearTimeout(this.#checkLater);
    this.#asked += 1;
    this.#checked += 1;
    this.planning = this.checking = this.stopped = false;
    this.planError = this.checkError = null;
    this.#reset([]);
  }

  #chosen(): void {
    this.#keep();
    this.planError = null;
    this.stopped = false;
    // What is asked already is the answer to something else now.
    this.#asked += 1;
    clearTimeout(this.#planLater);
    if (this.days.length === 0) {
      this.planning = false;
      this.plan = null;
      this.problems = [];
      this.compared = new Map();
      this.#plannedFor = "";
      return;
    }
    this.planning = true;
    this.#planLater = setTimeout(() => void this.#plan(), PLAN_AFTER);
  }

  planAgain(): void {
    this.#chosen();
  }

  /** What is on screen stays; the answer will not be looked at. */
  stop(): void {
    clearTimeout(this.#planLater);
    this.#asked += 1;
    this.planning = false;
    this.stopped = true;
  }

  async #plan(): Promise<void> {
    clearTimeout(this.#planLater);
    const asked = (this.#asked += 1);
    const request = this.request;
    this.planning = true;
    try {
      const plan = await this.office.planRainOut(request);
      if (asked !== this.#asked) return;
      const others = comparedFor(request);
      if (this.#plannedFor !== others) this.compared = new Map();
      this.#plannedFor = others;
      this.plan = plan;
      this.planError = null;
      this.stopped = false;
      this.#put(request.strategy, { figures: figuresOf(plan) });
      this.planning = false;
      this.#checkSoon();
      await this.#compare(asked, request);
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.planError = asOfficeError(thrown);
      this.planning = false;
    }
  }

  /** The other ways, one after the other, once the chosen one is on screen. */
  async #compare(asked: number, request: RainRequest): Promise<void> {
    for (const strategy of STRATEGIES) {
      if (strategy === request.strategy) continue;
      if (!this.compared.has(strategy)) this.#put(strategy, null);
      try {
        const plan = await this.office.planRainOut({ ...request, strategy });
        if (asked !== this.#asked) return;
        this.#put(strategy, { figures: figuresOf(plan) });
      } catch (thrown) {
        if (asked !== this.#asked) return;
        this.#put(strategy, { error: asOfficeError(thrown) });
      }
    }
  }

  #put(strategy: PlanStrategy, compared: Compared): void {
    this.compared = new Map([...this.compared, [strategy, compared]]);
  }

  #without(strategy: PlanStrategy): void {
    this.compared = new Map([...this.compared].filter(([one]) => one !== strategy));
  }

  /** Moves a job of the plan by hand. */
  place(row: Row, place: Place): void {
    // Who chooses a place wants the job to move.
    this.#edited(withEdit(this.edits, row, { place, takes: true }));
  }

  take(row: Row, takes: boolean): void {
    this.#edited(withEdit(this.edits, row, { takes }));
  }

  /** As the plan has it. */
  restore(row: Row): void {
    this.#edited(withoutEdit(this.edits, row.job.id));
  }

  restoreAll(): void {
    this.#edited(new Map());
  }

  /** Edits of jobs that the plan still holds. */
  get changedByHand(): number {
    return this.rows.filter((row) => this.edits.has(row.job.id)).length;
  }

  #edited(edits: Edits): void {
    this.edits = edits;
    this.#keep();
    this.#checkSoon();
  }

  #checkSoon(): void {
    clearTimeout(this.#checkLater);
    this.#checked += 1;
    // What the core has just planned it has checked.
    if (this.changedByHand === 0) {
      this.problems = [];
      this.checking = false;
      this.checkError = null;
      return;
    }
    this.checking = true;
    this.#checkLater = setTimeout(() => void this.#check(), CHECK_AFTER);
  }

  async #check(): Promise<void> {
    const checked = (this.#checked += 1);
    try {
      const problems = await this.office.checkRainOut(this.request, agreed(this.rows));
      if (checked !== this.#checked) return;
      this.problems = problems;
      this.checkError = null;
    } catch (thrown) {
      if (checked !== this.#checked) return;
      this.checkError = asOfficeError(thrown);
    }
    this.checking = false;
  }

  checkAgain(): void {
    this.#checkSoon();
  }

  /** Nothing typed is lost when the window closes. */
  #keep(): void {
    const usual = this.schedule ? usualDays(this.schedule) : [];
    const asUsual =
      this.edits.size === 0 &&
      this.#reason === null &&
      this.fromTime === null &&
      this.strategy === "best_fit" &&
      this.days.join() === usual.join();
    if (asUsual) dropChoices();
    else
      keepChoices({
        days: this.days,
        fromTime: this.fromTime,
        strategy: this.strategy,
        pushDays: this.pushDays,
        otherCrews: this.otherCrews,
        edits: [...this.edits],
        reason: this.#reason,
      });
  }
}

function range(today: string) {
  return { from: today, until: addDays(today, DAYS_READ), filter: jobFilter(EVERY_JOB) };
}

/** What all strategies have in common. */
function comparedFor({ days, from_time, other_crews }: RainRequest): string {
  return JSON.stringify([days, from_time, other_crews]);
}

/** Which office it is; while it does not answer, the one it was. */
export function databaseOf(state: ConnectionState): string | null {
  return state.kind === "online" ? `${state.connection_id}/${state.server}/${state.database}` : null;
}

const stores = new WeakMap<object, { database: string | null; rain: RainStore }>();

/**
 * The rain-out of this schedule: one, also when its screen was left and opened again. `database`: nothing of one office
 * is planned in another; null: it does not say.
 */
export function rainOf(schedule: { office: Office }, database: string | null): RainStore {
  const known = stores.get(schedule);
  if (known && (database === null || known.database === null || known.database === database)) {
    known.database ??= database;
    return known.rain;
  }
  const rain = new RainStore(schedule.office);
  stores.set(schedule, { database, rain });
  return rain;
}
