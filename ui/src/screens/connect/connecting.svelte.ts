import type {
  ConnectionInput,
  ConnectionState,
  DoctorReport,
  ImportedConfiguration,
  Progress,
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
  samePlace,
  toInput,
  validate,
  type Draft,
  type Errors,
  type Field,
} from "./form";
import { toTuning, typedTuning, TUNING_KEYS, wrongTuning } from "./tuning";

export type Working = "checking" | "connecting" | "migrating" | "saving" | "reading" | null;

/**
 * The state of the form of one connection, a new one or a saved one, while it is open. What was typed is kept beyond
 * that, the password is not.
 */
export class Connecting {
  draft = $state<Draft>({ ...EMPTY, tuning: { ...EMPTY.tuning } });
  password = $state("");
  errors = $state<Errors>({});
  /** The one that is changed; null: a new one. */
  saved = $state.raw<SavedConnection | null>(null);
  report = $state.raw<DoctorReport | null>(null);
  failure = $state.raw<OfficeError | null>(null);
  working = $state<Working>(null);
  progress = $state.raw<Progress | null>(null);
  /** What was understood of a pasted configuration. */
  imported = $state.raw<ImportedConfiguration | null>(null);
  readonly local = $derived(this.saved?.kind === "local");
  readonly loopback = $derived(isLoopback(this.draft.host));
  /** The core has a password for what is typed: of that place in the keychain, or out of the pasted text. */
  readonly kept = $derived.by(() => {
    const { imported } = this;
    return (
      this.app.connections.list.some((one) => passwordKept(this.draft, one)) ||
      (imported !== null &&
        imported.password_found &&
        passwordKept(this.draft, { ...imported.input, password_saved: true }))
    );
  });
  /** Nothing that needs a trial: the name or the tuning of a saved one. */
  readonly lightly = $derived.by(() => {
    // One that was never quite connected is tried again.
    if (!this.saved || this.app.connection.state.kind === "needs_migration") return false;
    return this.local || (this.password === "" && samePlace(toInput(this.draft, null), this.saved));
  });
  /** What the doctor said: just now, or when the connection was found to need migrating. */
  readonly shownReport = $derived.by(() => {
    const state = this.app.connection.state;
    return this.report ?? (state.kind === "needs_migration" && !this.#edited ? state.report : null);
  });
  #edited = $state(false);

  constructor(
    private readonly app: App,
    private readonly id: string | null,
    private readonly focus: (field: Field) => void,
  ) {}

  /** Reads what is saved; a draft wins over it. */
  async load(): Promise<void> {
    const draft = keptDraft(this.id);
    if (draft) this.draft = draft;
    try {
      await this.app.connections.load();
      this.saved = this.app.connections.list.find((one) => one.id === this.id) ?? null;
      if (draft || this.#edited) return;
      if (this.saved) this.draft = fromSaved(this.saved);
      else this.draft.tuning = typedTuning(await this.app.office.defaultTuning());
    } catch (thrown) {
      this.failure = asOfficeError(thrown);
    }
  }

  /** Something was typed: its error and what was found before no longer hold. */
  edited(field: Field): void {
    delete this.errors[field];
    // A name and the tuning change nothing of what was found.
    if (field !== "name" && !TUNING_KEYS.some((key) => key === field)) {
      this.#edited = true;
      this.report = null;
      this.failure = null;
    }
    if (field !== "password") keepDraft($state.snapshot(this.draft), this.id);
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

  /** Fills the form with what somebody sent; null when it went well. */
  async paste(text: string): Promise<OfficeError | null> {
    if (this.working !== null) return null;
    this.working = "reading";
    try {
      const imported = await this.app.office.readConfiguration(text);
      const { name } = this.draft;
      this.draft = { ...fromSaved(imported.input), name: imported.input.name ?? name };
      this.password = "";
      this.errors = {};
      this.imported = imported;
      this.edited("host");
      return null;
    } catch (thrown) {
      return asOfficeError(thrown);
    } finally {
      this.working = null;
    }
  }

  async resetTuning(): Promise<void> {
    try {
      this.draft.tuning = typedTuning(await this.app.office.defaultTuning());
      for (const key of TUNING_KEYS) this.edited(key);
    } catch (thrown) {
      this.failure = asOfficeError(thrown);
    }
  }

  async check(): Promise<void> {
    await this.#attempt("checking", async () => {
      this.report = await this.app.office.checkConnection(this.#input(), this.password || null);
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

  /** Keeps a name and tuning without a new trial; true when it did. */
  async save(): Promise<boolean> {
    const { saved } = this;
    if (!saved || this.working !== null) return false;
    this.errors = wrongTuning(this.draft.tuning);
    const first = FIELDS.find((field) => this.errors[field]);
    if (first) {
      this.focus(first);
      return false;
    }
    this.working = "saving";
    this.failure = null;
    try {
      await this.app.office.updateConnection(saved.id, this.draft.name.trim(), toTuning(this.draft.tuning));
      keepDraft(null, this.id);
      await this.app.connections.load();
      return true;
    } catch (thrown) {
      this.#complain(asOfficeError(thrown));
      return false;
    } finally {
      this.working = null;
    }
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

  #input(): ConnectionInput {
    return toInput(this.draft, this.id);
  }

  async #connectNow(): Promise<ConnectionState> {
    this.app.arriving = true;
    const state = await this.app.office.connect(this.#input(), this.password || null);
    keepDraft(null, this.id);
    this.#edited = false;
    this.report = null;
    this.password = "";
    this.app.connection.set(state);
    await this.app.connections.load();
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
      this.#complain(asOfficeError(thrown));
    } finally {
      this.working = null;
    }
  }

  #complain(error: OfficeError): void {
    const field = fieldOf(error.code, error.field);
    if (field) {
      this.errors = { [field]: error.message };
      this.focus(field);
    }
    // A field's own error needs no second place; the others have a next step and details.
    if (!field || error.code !== "invalid") this.failure = error;
  }
}
