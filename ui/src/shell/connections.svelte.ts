import type { Office, SavedConnection } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";

import type { ConnectionStore } from "./connection.svelte";

/** The connections this computer keeps. */
export class ConnectionsStore {
  list = $state.raw<SavedConnection[]>([]);
  loaded = $state(false);
  error = $state.raw<OfficeError | null>(null);
  /** The one that is being switched to or forgotten. */
  busy = $state<string | null>(null);
  readonly active = $derived(this.list.find((one) => one.active) ?? null);
  readonly #refresher = new Refresher(() => this.#read(), 0);

  constructor(
    private readonly office: Office,
    private readonly connection: ConnectionStore,
  ) {}

  load(): Promise<void> {
    return this.#refresher.ask();
  }

  /** The error when it could not be switched; then it is as it was. */
  switchTo(id: string): Promise<OfficeError | null> {
    return this.#with(id, async () => this.connection.set(await this.office.switchConnection(id)));
  }

  forget(id: string): Promise<OfficeError | null> {
    return this.#with(id, async () => this.connection.set(await this.office.forgetConnection(id)));
  }

  async #with(id: string, act: () => Promise<void>): Promise<OfficeError | null> {
    if (this.busy !== null) return null;
    this.busy = id;
    try {
      await act();
      await this.load();
      return null;
    } catch (thrown) {
      return asOfficeError(thrown);
    } finally {
      this.busy = null;
    }
  }

  async #read(): Promise<void> {
    try {
      this.list = await this.office.connections();
      this.error = null;
    } catch (thrown) {
      this.error = asOfficeError(thrown);
    } finally {
      this.loaded = true;
    }
  }
}
