import type { ConnectionState, CopyState, Office } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";

/** How the office database is reached at the moment. The core says so; the window never guesses from the network. */
export class ConnectionStore {
  state = $state.raw<ConnectionState>({ kind: "connecting", step: null });
  /** True until the core has said anything. */
  unknown = $state(true);
  trying = $state(false);
  /** The copy on this computer, while the database does not answer. */
  copy = $state.raw<CopyState | null>(null);
  /** The core itself could not be asked. */
  failure = $state.raw<OfficeError | null>(null);
  onChange: ((state: ConnectionState) => void) | null = null;
  #heard = 0;

  constructor(private readonly office: Office) {
    office.on("connection-changed", (state) => this.set(state));
  }

  get online(): boolean {
    return this.state.kind === "online";
  }

  set(state: ConnectionState): void {
    this.#heard += 1;
    this.state = state;
    this.unknown = false;
    this.failure = null;
    if (state.kind === "online") this.copy = null;
    this.onChange?.(state);
  }

  /** Whether there is a copy to read from; a connection that stands needs none. */
  async findCopy(): Promise<boolean> {
    const heard = this.#heard;
    const found = await this.office.offlineCopy().catch(() => null);
    if (this.#heard !== heard && this.online) return false;
    this.copy = found;
    return found !== null;
  }

  async load(): Promise<void> {
    const heard = this.#heard;
    try {
      const state = await this.office.connectionState();
      // An event that came while we asked is newer than the answer.
      if (this.#heard === heard) this.set(state);
    } catch (thrown) {
      this.failure = asOfficeError(thrown);
      this.unknown = false;
    }
  }

  async tryNow(): Promise<void> {
    if (this.trying) return;
    this.trying = true;
    try {
      this.set(await this.office.reconnect());
    } catch (thrown) {
      this.failure = asOfficeError(thrown);
    } finally {
      this.trying = false;
    }
  }
}
