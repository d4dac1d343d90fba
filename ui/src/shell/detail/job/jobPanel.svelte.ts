import type { HistoryLine, JobEdit, Office } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";

/** What the panel shows of a job beyond the job itself: what can be done with it, and what was. */
export class JobPanelStore {
  edit = $state.raw<JobEdit | null>(null);
  /** Why nothing can be done with it. */
  refused = $state.raw<OfficeError | null>(null);
  history = $state.raw<HistoryLine[] | null>(null);
  /** Why the history could not be read. */
  error = $state.raw<OfficeError | null>(null);
  busy = $state(false);
  readonly #refresher: Refresher;

  constructor(
    private readonly office: Pick<Office, "jobEdit" | "jobHistory">,
    private readonly id: string,
  ) {
    this.#refresher = new Refresher(() => this.#read());
  }

  refresh(): Promise<void> {
    return this.#refresher.ask();
  }

  stop(): void {
    this.#refresher.stop();
  }

  async #read(): Promise<void> {
    this.busy = true;
    const [edit, history] = await Promise.allSettled([
      this.office.jobEdit(this.id),
      this.office.jobHistory(this.id),
    ]);
    // Without it nothing is offered; the panel itself says when the job is gone.
    if (edit.status === "fulfilled") [this.edit, this.refused] = [edit.value, null];
    else this.refused = asOfficeError(edit.reason);
    if (history.status === "fulfilled") [this.history, this.error] = [history.value, null];
    else this.error = asOfficeError(history.reason);
    this.busy = false;
  }
}
