import type {
  ConnectionInput,
  ConnectionState,
  DoctorReport,
  MigrationProgress,
  MigrationResult,
  SavedConnection,
} from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import type { App } from "$/shell/app.svelte";

import {
  EMPTY,
  ENCRYPTIONS,
  fieldOf,
  FIELDS,
  fromSaved,
  isLoopback,
  keepDraft,
  keptDraft,
  NOT_ENCRYPTED,
  passwordKept,
  toInput,
  validate,
  type Draft,
  type Errors,
  type Field,
} from "./form";

export type Working = "checking" | "connecting" | "migrating" | "forgetting" | null;

/** The Connect screen's state while it is open. What was typed is kept beyond that, the password is not. */
export class Connecting {
  draft = $state<Draft>({ ...EMPTY });
  password = $state("");
  errors = $state<Errors>({});
  saved = $state.raw<SavedConnection | null>(null);
  report = $state.raw<DoctorReport | null>(null);
  failure = $state.raw<OfficeError | null>(null);
  working = $state<Working>(null);
  progress = $state.raw<MigrationProgress | null>(null);
  readonly kept = $derived(passwordKept(this.draft, this.saved));
  readonly loopback = $derived(isLoopback(this.draft.host));
  /** What the doctor said: just now, or when the connection was found to need migrating. */
  readonly shownReport = $derived.by(() => {
    const state = this.app.connection.state;
    return this.report ?? (state.kind === "needs_migration" && !this.#edited ? state.report : null);
  });
  #edited = $state(false);

  constructor(
    private readonly app: App,
    private readonly focus: (field: Field) => void,
  ) {}

  /** Reads what is saved; a draft wins over it. */
  async load(): Promise<void> {
    const draft = keptDraft();
    if (draft) this.draft = draft;
    try {
      await this.#readSaved();
      if (this.saved && !draft && !this.#edited) this.draft = fromSaved(this.saved);
    } catch (thrown) {
      this.failure = asOfficeError(thrown);
    }
  }

  /** Something was typed: its error and what was found before no longer hold. */
  edited(field: Field): void {
    this.#edited = true;
    delete this.errors[field];
    this.report = null;
    this.failure = null;
    if (field !== "password") keepDraft($state.snapshot(this.draft));
    // At once, so that nobody wonders why the choice they made earlier is refused.
    if (field === "host" || field === "encryption") {
      if (this.draft.encryption === "none" && this.draft.host.trim() !== "" && !this.loopback)
        this.errors.encryption = NOT_ENCRYPTED;
      else delete this.errors.encryption;
    }
  }

  encrypt(value: string): void {
    const chosen = ENCRYPTIONS.find((encryption) => encryption.value === value);
    if (!chosen) return;
    this.draft.encryption = chosen.value;
    this.edited("encryption");
  }

  async check(): Promise<void> {
    await this.#attempt("checking", async () => {
      this.report = await this.app.office.checkConnection(await this.#input(), this.password || null);
      const failed = this.report.checks.filter((check) => check.state === "failed").length;
      this.app.announcer.say(
        failed === 0
          ? "Checked: nothing is wrong."
          : `Checked: ${failed} of ${this.report.checks.length} failed.`,
      );
    });
  }

  async connect(): Promise<void> {
    await this.#attempt("connecting", async () => {
      await this.#connectNow();
    });
  }

  /** Connects first where that was only checked so far; then brings the database up to date. */
  async migrate(): Promise<void> {
    if (this.app.connection.state.kind !== "needs_migration" || this.#edited) {
      let after: ConnectionState | null = null;
      await this.#attempt("connecting", async () => {
        after = await this.#connectNow();
      });
      if ((after as ConnectionState | null)?.kind !== "needs_migration") return;
    }
    this.working = "migrating";
    this.progress = null;
    this.failure = null;
    const forget = this.app.office.on("migration-progress", (progress) => (this.progress = progress));
    try {
      const result = await this.app.office.migrate();
      this.report = null;
      this.migrated?.(result);
      await this.app.connection.load();
      if (this.app.connection.state.kind === "needs_migration") await this.app.connection.tryNow();
    } catch (thrown) {
      this.failure = asOfficeError(thrown);
    } finally {
      forget();
      this.working = null;
      this.progress = null;
    }
  }

  /** Told when a migration ended well. */
  migrated: ((result: MigrationResult) => void) | null = null;

  async forget(): Promise<boolean> {
    this.working = "forgetting";
    try {
      if (this.saved) await this.app.office.forgetConnection(this.saved.id);
      // What was typed stays in the form, but for the password: taking it back is one password away.
      keepDraft($state.snapshot(this.draft));
      this.saved = null;
      this.password = "";
      await this.app.connection.load();
      return true;
    } catch (thrown) {
      this.failure = asOfficeError(thrown);
      return false;
    } finally {
      this.working = null;
    }
  }

  async #readSaved(): Promise<void> {
    this.saved = (await this.app.office.connections()).find((one) => one.active) ?? null;
  }

  async #input(): Promise<ConnectionInput> {
    return toInput(this.draft, this.saved?.tuning ?? (await this.app.office.defaultTuning()));
  }

  async #connectNow(): Promise<ConnectionState> {
    this.app.arriving = true;
    const state = await this.app.office.connect(await this.#input(), this.password || null);
    keepDraft(null);
    this.#edited = false;
    this.report = null;
    this.password = "";
    this.app.connection.set(state);
    await this.#readSaved();
    return state;
  }

  /** Validates, works, and puts what the core refuses where it belongs. */
  async #attempt(working: Working, act: () => Promise<void>): Promise<void> {
    if (this.working !== null) return;
    this.errors = validate(this.draft, this.password, this.kept);
    const first = FIELDS.find((field) => this.errors[field]);
    if (first) return this.focus(first);
    this.working = working;
    this.failure = null;
    this.report = null;
    try {
      await act();
    } catch (thrown) {
      const error = asOfficeError(thrown);
      const field = fieldOf(error.code, error.field);
      if (field) {
        this.errors = { [field]: error.message };
        this.focus(field);
      }
      // A field's own error needs no second place; the others have a next step and details.
      if (!field || error.code !== "invalid") this.failure = error;
    } finally {
      this.working = null;
    }
  }
}
