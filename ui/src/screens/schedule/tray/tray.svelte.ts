import type { Office, UnscheduledPage } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";
import { remember, remembered } from "$/lib/storage";
import type { App } from "$/shell/app.svelte";

/** Approved contracts with no job, as the tray shows them. */
export class TrayStore {
  page = $state.raw<UnscheduledPage | null>(null);
  error = $state.raw<OfficeError | null>(null);
  text = $state("");
  open = $state(remembered("tray") === "open");
  /** Of the text that was asked for; the page may still be of the one before. */
  #asked = "";
  /** Of which office it is: what is still being read of the one before is dropped. */
  #of = 0;
  readonly #refresher = new Refresher(() => this.#read());

  constructor(private readonly office: Pick<Office, "unscheduled">) {}

  toggle(to = !this.open): void {
    this.open = to;
    remember("tray", to ? "open" : null);
    if (to) void this.refresh();
  }

  search(text: string): void {
    this.text = text;
    void this.refresh();
  }

  refresh(): Promise<void> {
    return this.open ? this.#refresher.ask() : Promise.resolve();
  }

  /** Another office: what it has waiting is read at once where the tray is open. */
  clear(): void {
    this.#of += 1;
    this.page = this.error = null;
    this.text = this.#asked = "";
    void this.refresh();
  }

  get searched(): boolean {
    return this.#asked !== "";
  }

  async #read(): Promise<void> {
    const text = this.text.trim();
    const of = this.#of;
    try {
      const page = await this.office.unscheduled(text === "" ? null : text);
      if (of !== this.#of || text !== this.text.trim()) return;
      this.#asked = text;
      this.page = page;
      this.error = null;
    } catch (thrown) {
      if (of === this.#of) this.error = asOfficeError(thrown);
    }
  }
}

const made = new WeakMap<App, TrayStore>();

/** The one of the window. */
export function trayOf(app: App): TrayStore {
  const tray = made.get(app);
  if (tray) return tray;
  const store = new TrayStore(app.office);
  made.set(app, store);
  app.whenForgotten(() => store.clear());
  return store;
}
