import { FormState } from "$/components/form/form.svelte";
import { told } from "$/components/toast/toast";
import type { Consequences, ContractChoice, JobClash, JobEdit, JobSeed, RelatedJob } from "$/ipc/client";
import { OfficeError } from "$/ipc/errors";
import { clockTime } from "$/lib/time";
import { spelledTime } from "$/lib/times";
import type { App } from "$/shell/app.svelte";

import { isolated, jobName, named, otherJobs, subject } from "../dialogs/clashWords";
import { agree, tell } from "../outcome.svelte";
import type { NAMES } from "./form";
import { inputOf, spelledLocal, validate, valuesOf, type JobValues } from "./form";
import { Resources } from "./resources.svelte";
import { begun, FORM, freeSlot, type Begun } from "./slots";
import {
  after,
  dateOf,
  following,
  instantOf,
  isLocal,
  keptInstant,
  lengthOf,
  local,
  localOf,
  LONGEST_SHIFT,
  nextDay,
  readLength,
  timeOf,
  workMinutes,
  workOfDays,
  type Length,
} from "./when";

export type Side = "start" | "end";

/** One job in the editor: what is typed, what would follow from it, and how it is saved. */
export class JobEditing {
  edit = $state.raw() as JobEdit;
  contract = $state.raw<ContractChoice | null>(null);
  related = $state.raw<RelatedJob[]>([]);
  consequences = $state.raw<Consequences | null>(null);
  skipDaysOff = $state(true);
  /** What the clocks of that night made of the time, or why a length could not be laid out. */
  notes = $state.raw<Partial<Record<Side, string>>>({});
  readonly form: FormState<JobValues>;
  readonly resources: Resources;
  /** The job was closed by being saved. */
  onsaved: ((id: string | null) => void) | null = null;
  /** The last whole span: while a start is typed anew it is half of one. */
  #span: { start: string; end: string } | null = null;
  /** Work over several days that follows the start, while the end is the one it was given. */
  #work: { minutes: number; end: string } | null = null;
  /** The end is on its way. */
  #laying: Promise<void> = Promise.resolve();
  /** What was saved last; null: nothing yet. */
  #saved: string | null = null;
  #checked = 0;
  #laid = 0;
  #clashes: JobClash[] = [];

  constructor(
    readonly app: App,
    edit: JobEdit,
    readonly slot: string,
  ) {
    this.edit = edit;
    this.contract = edit.contract;
    this.related = edit.related;
    this.resources = new Resources(app.office);
    // A job that was begun goes on from what it began with, not from what a new one begins with today.
    const kept = edit.id === null ? begun().find((one) => one.slot === slot) : undefined;
    const values = { ...valuesOf(edit), ...(kept?.draft.base as Partial<JobValues> | undefined) };
    this.form = new FormState<JobValues>({
      name: FORM,
      record: slot,
      version: edit.version,
      values,
      validate: (typed) => validate(typed, this.edit),
      save: (typed, { version }) => this.#save(typed, Number(version)),
      saved: () => this.onsaved?.(this.#saved),
      ...(edit.id !== null && {
        reload: () => this.#reload(),
        isOwn: (from, to) => app.versions.isOwn(edit.id ?? "", from, to),
      }),
    });
    const { contract_id } = this.form.values;
    if (contract_id !== (edit.contract?.id ?? "")) void this.#recall(contract_id);
  }

  get isNew(): boolean {
    return this.edit.id === null;
  }
  get zone(): string {
    return this.edit.zone;
  }
  get name(): string {
    const customer = this.contract?.customer ?? null;
    return jobName(customer, this.form.values.address);
  }

  /** Whether there is work on that day: on days off, too, where they are not skipped. */
  works(date: string): boolean {
    return !this.skipDaysOff || this.resources.works(date);
  }

  /** What is set is what the other fields follow. */
  setStart(start: string): void {
    const { values } = this.form;
    if (isLocal(values.start)) {
      // While the start is still being typed the work stays what it was, whatever the days between made of the end.
      const minutes = this.#workMinutes();
      this.#work = this.severalDays && minutes !== null ? { minutes, end: values.end } : null;
      this.#span = { start: values.start, end: values.end };
    }
    this.form.set("start", start);
    if (!this.#span || !isLocal(start)) return;
    const end = following(this.#span, start);
    this.form.set("end", end);
    if (!this.#work) return;
    this.#work.end = end;
    // Another time of the same day: the same days.
    if (this.skipDaysOff && this.resources.part && dateOf(start) !== dateOf(this.#span.start))
      void this.layOut({ minutes: this.#work.minutes }, true);
  }

  #workMinutes(): number | null {
    return this.#work?.end === this.form.values.end ? this.#work.minutes : this.minutes;
  }

  setEnd(end: string): void {
    this.#span = this.#work = null;
    this.#laid += 1;
    this.form.set("end", end);
  }

  /** The person has gone on: a time that does not exist that night becomes one that does. */
  leave(side: Side): void {
    const { values } = this.form;
    if (side === "end") this.#overMidnight();
    const text = values[side];
    const original = this.edit.input[side];
    const kept = keptInstant(text, original, this.zone) === original;
    const moment = kept ? null : instantOf(text, this.zone);
    const { [side]: _, ...others } = this.notes;
    this.notes = others;
    if (moment?.odd === "skipped") {
      const there = localOf(moment.instant, this.zone);
      if (side === "start") this.setStart(there);
      else this.setEnd(there);
      const sentence = `The clocks go forward that night: ${spelledTime(timeOf(text))} does not exist, so it is ${clockTime(moment.instant, this.zone)}.`;
      this.notes = { ...others, [side]: sentence };
    } else if (moment?.odd === "twice")
      this.notes = {
        ...others,
        [side]: `The clocks go back that night and show ${spelledTime(timeOf(text))} twice; the first is meant.`,
      };
  }

  /** "10 PM until 6 AM" ends the next morning. */
  #overMidnight(): void {
    const { start, end } = this.form.values;
    if (!isLocal(start) || !isLocal(end) || dateOf(start) !== dateOf(end) || end > start) return;
    const morning = local(nextDay(dateOf(start)), timeOf(end));
    if ((lengthOf(start, morning, this.zone) ?? Infinity) <= LONGEST_SHIFT) this.form.set("end", morning);
  }

  /** What goes by on one shift; the office's hours in it over several days. Null: not known yet. */
  readonly minutes = $derived.by(() => {
    const { start, end } = this.form.values;
    if (!isLocal(start) || !isLocal(end)) return null;
    const all = lengthOf(start, end, this.edit.zone);
    if (all === null || all <= 0) return null;
    const { part } = this.resources;
    if (all <= LONGEST_SHIFT || !part) return all;
    return workMinutes(start, end, part.hours, (date) => this.works(date)) || all;
  });
  readonly severalDays = $derived.by(() => {
    const { start, end } = this.form.values;
    const all = isLocal(start) && isLocal(end) ? lengthOf(start, end, this.edit.zone) : null;
    return all !== null && all > LONGEST_SHIFT;
  });

  setLength(typed: string): void {
    const length = readLength(typed);
    if (length) void this.layOut(length);
  }

  /** Lays so much work from the start on; what is more than a shift goes over the office's days. */
  layOut(length: Length, overDays = false): Promise<void> {
    return (this.#laying = this.#lay(length, overDays));
  }

  async #lay(length: Length, overDays: boolean): Promise<void> {
    const { start } = this.form.values;
    const from = keptInstant(start, this.edit.input.start, this.zone);
    if (from === null) return;
    const { part } = this.resources;
    const { end } = this.form.values;
    const minutes =
      "days" in length ? workOfDays(length.days, timeOf(start), timeOf(end), part?.hours) : length.minutes;
    const mine = (this.#laid += 1);
    const oneShift = !overDays && !("days" in length) && minutes <= LONGEST_SHIFT;
    if (oneShift) return this.form.set("end", after(start, minutes, this.zone));
    try {
      const end = await this.app.office.jobSpan(from, (minutes / 60).toFixed(2), this.skipDaysOff);
      // Another length was typed meanwhile, or another start.
      if (mine !== this.#laid || this.form.values.start !== start) return;
      const there = localOf(end, this.zone);
      if (this.#work?.minutes === minutes) this.#work.end = there;
      this.form.set("end", there);
      const { end: _, ...others } = this.notes;
      this.notes = others;
    } catch {
      if (mine === this.#laid)
        this.notes = { ...this.notes, end: "The end could not be worked out. Enter it yourself." };
    }
  }

  setSkip(skip: boolean): void {
    // Over the days it has now; the others may have more or fewer of them.
    const minutes = this.#workMinutes();
    this.skipDaysOff = skip;
    if (this.severalDays && minutes !== null) void this.layOut({ minutes }, true);
  }

  choose(contract: ContractChoice | null): void {
    const before = this.contract;
    this.contract = contract;
    this.form.set("contract_id", contract?.id ?? "");
    const { address, follows_job_id } = this.form.values;
    // An address somebody typed is theirs; the one of the contract before is not.
    if (contract && (address.trim() === "" || address === before?.address))
      this.form.set("address", contract.address);
    if (contract?.id !== before?.id) {
      this.related = [];
      if (follows_job_id) this.form.set("follows_job_id", "");
      if (contract) void this.#recall(contract.id);
    }
  }

  /** Contract and related jobs of a contract that was chosen, or stood in a draft. */
  async #recall(id: string): Promise<void> {
    if (id === "") {
      this.contract = null;
      return;
    }
    try {
      const about = await this.app.office.jobSeed({
        ...{ contract_id: id, copy_of: null, start: null, end: null, resource: null },
      });
      if (this.form.values.contract_id !== id) return;
      this.contract = about.contract ?? this.contract;
      this.related = about.related.filter((job) => job.id !== this.edit.id);
    } catch {
      // What is known is shown; saving says what is wrong.
    }
  }

  /** What would follow from it as it stands. */
  async check(): Promise<void> {
    const { start, end, crew, machines, weather_dependent } = this.form.values;
    const from = keptInstant(start, this.edit.input.start, this.zone);
    const until = keptInstant(end, this.edit.input.end, this.zone);
    const mine = (this.#checked += 1);
    if (from === null || until === null || Date.parse(from) >= Date.parse(until)) {
      this.consequences = null;
      return;
    }
    try {
      const words = $state.snapshot([...crew, ...machines]);
      const [found] = await this.app.office.checkJobs([
        { job_id: this.edit.id, start: from, end: until, reassign: null, words, weather_dependent },
      ]);
      if (mine === this.#checked) this.consequences = found ?? null;
    } catch {
      // It is judged again when it is saved.
      if (mine === this.#checked) this.consequences = null;
    }
  }

  /** What is wrong with whom, for their chips. A crew has what its members have. */
  readonly trouble = $derived.by(() => {
    const found = new Map<string, { clash: boolean; text: string }>();
    const put = (id: string, clash: boolean, text: string) => {
      const known = found.get(id);
      if (known?.clash && !clash) return;
      found.set(id, { clash, text: known && known.clash === clash ? `${known.text} ${text}` : text });
    };
    for (const clash of this.consequences?.clashes ?? [])
      put(
        clash.resource_id,
        true,
        `${isolated(named(clash.resource_name))} is on ${isolated(jobName(clash.other_customer, clash.other_address))} then.`,
      );
    for (const warning of this.consequences?.warnings ?? [])
      if (warning.resource_id !== null) put(warning.resource_id, false, warning.text);
    const own = new Map(found);
    for (const { kind, id } of this.form.values.crew) {
      if (kind !== "crew" || id === null) continue;
      for (const member of this.resources.memberIds(id)) {
        const theirs = own.get(member);
        if (theirs) put(id, theirs.clash, theirs.text);
      }
    }
    return found;
  });

  /** Somebody else may have changed it, or who works then. */
  async refresh(): Promise<void> {
    const { id } = this.edit;
    void this.resources.again(this.form.values.start, this.form.values.end);
    void this.check();
    if (id === null || this.form.saving) return;
    try {
      const now = await this.app.office.jobEdit(id);
      if (this.form.saving || now.version <= Number(this.form.version)) return;
      this.#take(now);
      this.form.rebase(valuesOf(now), now.version);
    } catch {
      // Saving says what is wrong.
    }
  }

  async #reload(): Promise<{ values: JobValues; version: number }> {
    const now = await this.app.office.jobEdit(this.edit.id ?? "");
    this.#take(now);
    return { values: valuesOf(now), version: now.version };
  }

  #take(now: JobEdit): void {
    const sameContract = this.form.values.contract_id === (this.edit.contract?.id ?? "");
    this.edit = now;
    if (!sameContract) return;
    this.contract = now.contract;
    this.related = now.related;
  }

  async #save(typed: JobValues, version: number): Promise<{ values: JobValues; version?: number }> {
    const { office, today } = this.app;
    // The end of what was typed a moment ago.
    await this.#laying;
    const { start, end } = this.form.values;
    const values = start === typed.start ? { ...typed, end } : typed;
    const { id } = this.edit;
    const input = inputOf(values, this.edit);
    const reason = values.reason.trim() || null;
    this.#clashes = [];
    const done = await agree(
      async ({ overrideReason }) => {
        const outcome =
          id === null
            ? await office.createJob(input, reason, overrideReason)
            : await office.saveJob(id, version, input, reason, overrideReason);
        if (outcome.kind === "clashes") this.#clashes = outcome.clashes;
        if (outcome.kind === "changed") throw changed(outcome.missing.length > 0);
        return outcome;
      },
      { title: "Job saved", jobs: new Map(id === null ? [] : [[id, spelledLocal(values.start)]]) },
      { asksReason: false },
    );
    if (!done) {
      const [other] = otherJobs(this.#clashes, this.zone, today.date);
      throw refusal(
        "invalid",
        other
          ? `Choose another time: ${subject(other.who)} on ${isolated(other.name)} then (${other.when}).`
          : "Choose another time.",
        "start",
      );
    }
    tell(done, id === null ? "Job entered" : "Job saved");
    const now = done.jobs.find((job) => id === null || job.id === id);
    this.#saved = now?.id ?? id;
    return { values: { ...values, reason: "" }, ...(now && { version: now.version }) };
  }
}

/** Reads what the editor begins with. */
export async function beginEditing(
  app: App,
  what: { id: string } | { seed: JobSeed },
  slot?: string,
): Promise<JobEditing> {
  if ("id" in what) return new JobEditing(app, await app.office.jobEdit(what.id), what.id);
  const edit = await app.office.jobSeed(what.seed);
  const { contract_id, copy_of, start, resource } = what.seed;
  // "New job" with nothing in mind goes on with what was begun.
  const plain = contract_id === null && copy_of === null && start === null && resource === null;
  return new JobEditing(app, edit, slot ?? (plain ? begun()[0]?.slot : undefined) ?? freeSlot(givenUp));
}

function givenUp({ draft }: Begun): void {
  const { address } = draft.values;
  told(
    "The oldest of five jobs that were begun and not entered is gone.",
    typeof address === "string" && address.trim() ? `It was at ${isolated(address.trim())}.` : undefined,
  );
}

function changed(gone: boolean): OfficeError {
  return gone
    ? refusal("not_found", "This job is not in the office database any more. What you typed is still here.")
    : refusal("version_conflict", "Somebody else changed this job meanwhile.");
}

function refusal(
  code: OfficeError["code"],
  message: string,
  field: keyof typeof NAMES | null = null,
): OfficeError {
  return new OfficeError({ code, message, field, details: null });
}
