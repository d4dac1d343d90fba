import type { LocalOfficeState, LocalOfficeProgress } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { remember, remembered } from "$/lib/storage";
import type { App } from "$/shell/app.svelte";

const NAME = "local-name";

const setups = new WeakMap<App, LocalSetup>();

/** One for the window: whoever goes elsewhere while it works finds it as far as it is. */
export function localSetup(app: App): LocalSetup {
  const setup = setups.get(app) ?? new LocalSetup(app);
  setups.set(app, setup);
  return setup;
}

/** Making the office on this computer, or opening the one there is. */
export class LocalSetup {
  office = $state.raw<LocalOfficeState | null>(null);
  /** What kept it from even being asked about. */
  error = $state.raw<OfficeError | null>(null);
  name = $state(remembered(NAME) ?? "");
  /** With customers, estimates and jobs to look around in. */
  sample = $state(true);
  nameProblem = $state<string | null>(null);
  failure = $state.raw<OfficeError | null>(null);
  working = $state<"creating" | "opening" | null>(null);
  progress = $state.raw<LocalOfficeProgress | null>(null);

  constructor(private readonly app: App) {}

  async load(): Promise<void> {
    try {
      this.office = await this.app.office.localOffice();
      this.error = null;
      if (this.name === "") this.name = this.office.suggestion ?? "";
    } catch (thrown) {
      this.error = asOfficeError(thrown);
    }
  }

  typed(): void {
    this.nameProblem = null;
    remember(NAME, this.name.trim() || null);
  }

  /** False when a name is needed first. */
  async create(): Promise<boolean> {
    if (this.working !== null) return true;
    const name = this.name.trim();
    this.nameProblem = name === "" ? "Type your name." : null;
    if (this.nameProblem) return false;
    this.progress = null;
    const forget = this.app.office.on("local-office-progress", (progress) => (this.progress = progress));
    try {
      await this.#attempt("creating", () => this.app.office.createLocalOffice(name, this.sample));
    } finally {
      forget();
      this.progress = null;
    }
    if (!this.failure) remember(NAME, null);
    return this.nameProblem === null;
  }

  open(): Promise<void> {
    return this.#attempt("opening", () => this.app.office.openLocalOffice());
  }

  async #attempt(
    working: "creating" | "opening",
    act: () => ReturnType<App["office"]["openLocalOffice"]>,
  ): Promise<void> {
    if (this.working !== null) return;
    this.working = working;
    this.failure = null;
    this.app.arriving = true;
    try {
      this.app.connection.set(await act());
    } catch (thrown) {
      const error = asOfficeError(thrown);
      if (error.field === "name") this.nameProblem = error.message;
      else this.failure = error;
      // What was half made may be there now.
      await this.load();
    } finally {
      this.working = null;
    }
  }
}
