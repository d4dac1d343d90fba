import { untrack } from "svelte";

import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { announce } from "$/lib/announce";
import { dropDraft, readDraft, writeDraft } from "$/lib/drafts";
import { count } from "$/lib/words";

export type Values = Record<string, unknown>;
export type Errors<V> = Partial<Record<keyof V & string, string>>;
/** The same field, changed here and by somebody else. */
export type Conflict<V> = { field: keyof V & string; base: unknown; mine: unknown; theirs: unknown };

export type FormOptions<V extends Values> = {
  /** Of the form and the record ("new" for none yet): what a draft is kept under. */
  name: string;
  record: string;
  /** The record's version that the values are of. */
  version?: string | number | null;
  values: V;
  validate?: (values: V) => Errors<V>;
  /**
   * Saves. Throws an OfficeError; one with a field is shown there. What it returns is what the record is now; nothing
   * means it is as it was typed.
   */
  save: (
    values: V,
    about: { version: string | null; changed: (keyof V & string)[] },
  ) => Promise<Saved<V> | void>;
  saved?: (values: V) => void;
  /** The record as it is now: asked for when a save is refused because it was saved since, by whomever. */
  reload?: () => Promise<{ values: V; version: string | number }>;
  /** Everything between these versions was written in this window: what was undone, say. Nobody else is asked about. */
  isOwn?: (from: number, to: number) => boolean;
  /** Fields no draft may hold. */
  secret?: (keyof V & string)[];
  /** No drafts at all: for a form of two fields. */
  draft?: boolean;
};
export type Saved<V> = { values?: V; version?: string | number | null };

/** How long after the last key a draft is written. */
const WAIT = 300;

/** What a form knows: values, what is changed, what is wrong, and the draft that outlives it. */
export class FormState<V extends Values> {
  values = $state() as V;
  errors = $state.raw<Errors<V>>({});
  /** What went wrong and belongs to no field. */
  failure = $state.raw<OfficeError | null>(null);
  saving = $state(false);
  /** The draft that was found when the form opened, until it is saved or discarded. */
  restored = $state.raw<{ at: string } | null>(null);
  conflicts = $state.raw<Conflict<V>[]>([]);
  /** The form on screen; focus goes to its first wrong field. */
  element: HTMLElement | null = null;

  #options: FormOptions<V>;
  #base = $state.raw() as V;
  #version: string | null;
  /** Typed, but not understood by the field itself. */
  #problems = $state.raw<Errors<V>>({});
  #touched = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: FormOptions<V>) {
    this.#options = options;
    this.#base = copy(options.values);
    this.values = copy(options.values);
    this.#version = versionText(options.version);
    if (options.draft !== false) this.#restore();
  }

  readonly changed = $derived.by(() =>
    (Object.keys(this.#base) as (keyof V & string)[]).filter(
      (field) => !same(this.values[field], this.#base[field]),
    ),
  );
  readonly dirty = $derived.by(() => this.changed.length > 0 || Object.keys(this.#problems).length > 0);
  /** What is typed outlives the window. */
  get drafts(): boolean {
    return this.#options.draft !== false;
  }
  get version(): string | null {
    return this.#version;
  }

  /** Everything a field of components/fields wants: `<TextField label="Name" {...form.field("name")} />`. */
  field<F extends keyof V & string>(field: F) {
    return {
      name: field,
      id: `${this.#options.name}-${field}`,
      value: this.values[field],
      error: this.errors[field] ?? null,
      onchange: (value: V[F]) => this.set(field, value),
      onblur: () => this.#left(field),
      onproblem: (problem: string | null) => this.#problem(field, problem),
    };
  }

  set<F extends keyof V & string>(field: F, value: V[F]): void {
    this.values[field] = value;
    // What is wrong stays said until it is right; what was not yet left is not yet judged.
    if (this.errors[field]) this.errors = without(this.errors, field, this.#verdicts()[field]);
    this.#keep();
  }

  /** Saves once, however often it is pressed. False when something kept it from being saved. */
  async submit(): Promise<boolean> {
    if (this.saving) return false;
    this.failure = null;
    if (this.conflicts.length > 0) return false;
    const wrong = { ...this.#verdicts(), ...this.#problems };
    if (Object.keys(wrong).length > 0) return this.#refuse(wrong);
    this.errors = {};
    this.saving = true;
    try {
      return await this.#send(this.#options.reload);
    } finally {
      this.saving = false;
    }
  }

  async #send(reload: FormOptions<V>["reload"]): Promise<boolean> {
    const sent = this.#snapshot();
    try {
      const now = (await this.#options.save(sent, { version: this.#version, changed: this.changed })) ?? {};
      this.#accept(sent, now);
      return true;
    } catch (thrown) {
      const error = asOfficeError(thrown);
      if (error.code === "version_conflict" && reload) return this.#merge(reload, error);
      const field = error.field;
      if (field !== null && Object.hasOwn(this.#base, field))
        this.#refuse({ [field]: error.message } as Errors<V>);
      else this.failure = error;
      return false;
    }
  }

  /** Two people, different fields: both are right, and nobody is asked. */
  async #merge(reload: NonNullable<FormOptions<V>["reload"]>, error: OfficeError): Promise<boolean> {
    try {
      const now = await reload();
      this.#rebase(now.values, now.version);
    } catch {
      this.failure = error;
      return false;
    }
    return this.conflicts.length === 0 && this.#send(undefined);
  }

  /**
   * The record as it is now. What only others changed is taken over; what was changed on both sides is asked about, unless
   * it was this window that changed it: then what is typed is the newer. Call it when a change is heard of; what is older
   * than what the form has is let be.
   */
  rebase(values: V, version: string | number | null = null): void {
    if (Number(version) < Number(this.#version)) return;
    this.#rebase(values, version);
  }

  #rebase(values: V, version: string | number | null): void {
    const conflicts: Conflict<V>[] = [];
    const own = this.#options.isOwn?.(Number(this.#version), Number(version)) ?? false;
    for (const field of Object.keys(this.#base) as (keyof V & string)[]) {
      const [base, mine, theirs] = [this.#base[field], this.values[field], values[field]];
      if (same(mine, theirs) || same(base, theirs)) continue;
      if (same(base, mine)) this.values[field] = copy(theirs);
      else if (!own) conflicts.push({ field, base, mine: copy(mine), theirs });
    }
    this.#base = copy(values);
    this.#version = versionText(version);
    this.conflicts = conflicts;
    this.failure = null;
    if (conflicts.length > 0)
      announce(
        `Somebody else changed ${count(conflicts.length, "field")} you changed, too. Choose which to keep.`,
      );
    this.#keep();
  }

  resolve(field: keyof V & string, whose: "mine" | "theirs"): void {
    const conflict = this.conflicts.find((one) => one.field === field);
    if (!conflict) return;
    this.values[field] = copy(whose === "mine" ? conflict.mine : conflict.theirs) as V[typeof field];
    this.conflicts = this.conflicts.filter((one) => one !== conflict);
    this.#keep();
  }

  /** Back to what the record holds; the draft is gone. */
  discard(): void {
    this.values = copy(this.#base);
    this.errors = {};
    this.#problems = {};
    this.conflicts = [];
    this.failure = null;
    this.#touched.clear();
    this.#forget();
  }

  /** The form leaves the screen: what was typed a moment ago is kept as well. */
  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
  }

  /** Writes the draft at once. */
  flush(): void {
    clearTimeout(this.#timer);
    if (this.#options.draft === false || this.#closed) return;
    const { name, record, secret = [] } = this.#options;
    const fields = untrack(() => this.changed).filter((field) => !secret.includes(field));
    if (fields.length === 0) return dropDraft(name, record);
    const values = this.#snapshot();
    writeDraft(name, record, {
      version: this.#version,
      at: new Date().toISOString(),
      base: pick(this.#base, fields),
      values: pick(values, fields),
    });
  }

  focusFirstError(): void {
    const wrong = this.element?.querySelector<HTMLElement>("[aria-invalid='true']:not(:disabled)");
    const group = Object.keys(this.errors)
      .map((field) => this.element?.querySelector<HTMLElement>(`[data-field="${CSS.escape(field)}"]`))
      .find((found) => found);
    (wrong ?? group?.querySelector<HTMLElement>("input, textarea, button"))?.focus();
  }

  #accept(sent: V, now: Saved<V>): void {
    const before = this.#base;
    this.#base = copy(now.values ?? sent);
    if (now.version !== undefined) this.#version = versionText(now.version);
    // What was typed while it was being saved is newer than what was saved.
    for (const field of Object.keys(before) as (keyof V & string)[])
      if (same(this.values[field], sent[field])) this.values[field] = copy(this.#base[field]);
    this.#touched.clear();
    if (this.changed.length === 0) this.#forget();
    else this.#keep();
    this.#options.saved?.(this.#base);
  }

  #refuse(errors: Errors<V>): false {
    this.errors = errors;
    const many = Object.keys(errors).length;
    announce(
      many === 1 ? `Not saved: ${Object.values(errors)[0]}` : `Not saved: ${many} fields need attention.`,
    );
    queueMicrotask(() => requestAnimationFrame(() => this.focusFirstError()));
    return false;
  }

  /** Judged when the person goes on, not while they type. */
  #left(field: keyof V & string): void {
    if (!this.#touched.has(field) && same(this.values[field], this.#base[field])) return;
    this.#touched.add(field);
    this.errors = without(this.errors, field, this.#verdicts()[field]);
  }

  #problem(field: keyof V & string, problem: string | null): void {
    this.#problems = without(this.#problems, field, problem ?? undefined);
  }

  #verdicts(): Errors<V> {
    const found = this.#options.validate?.(this.#snapshot()) ?? {};
    return Object.fromEntries(Object.entries(found).filter(([, message]) => message)) as Errors<V>;
  }

  #snapshot(): V {
    return $state.snapshot(this.values) as V;
  }

  #keep(): void {
    clearTimeout(this.#timer);
    if (this.#options.draft === false) return;
    this.#timer = setTimeout(() => this.flush(), WAIT);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.restored = null;
    if (this.#options.draft !== false) dropDraft(this.#options.name, this.#options.record);
  }

  #restore(): void {
    const draft = readDraft(this.#options.name, this.#options.record);
    if (!draft) return;
    const now = this.#base;
    const fields = Object.keys(draft.values).filter((field) => Object.hasOwn(now, field));
    const conflicts: Conflict<V>[] = [];
    let any = false;
    for (const field of fields as (keyof V & string)[]) {
      const [base, mine, theirs] = [draft.base[field], draft.values[field], now[field]];
      // A value of another shape is from another version of the program.
      if (same(mine, theirs) || shape(mine) !== shape(theirs)) continue;
      any = true;
      if (same(base, theirs)) this.values[field] = mine as V[typeof field];
      else conflicts.push({ field, base, mine, theirs });
    }
    this.conflicts = conflicts;
    if (any) this.restored = { at: draft.at };
    else dropDraft(this.#options.name, this.#options.record);
  }
}

function same(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** Null stands for "none" in any field. */
function shape(value: unknown): string {
  return value === null ? "string" : Array.isArray(value) ? "list" : typeof value;
}

function copy<T>(value: T): T {
  return structuredClone($state.snapshot(value)) as T;
}

function pick(values: Values, fields: string[]): Values {
  return Object.fromEntries(fields.map((field) => [field, values[field]]));
}

function without<V>(errors: Errors<V>, field: keyof V & string, now: string | undefined): Errors<V> {
  const { [field]: _, ...rest } = errors;
  return (now ? { ...rest, [field]: now } : rest) as Errors<V>;
}

function versionText(version: string | number | null | undefined): string | null {
  return version === null || version === undefined ? null : String(version);
}
