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

  get searched(): boolean {
    return this.#asked !== "";
  }

  async #read(): Promise<void> {
    const text = this.text.trim();
    try {
      const page = await this.office.unscheduled(text === "" ? null : text);
      if (text !== this.text.trim()) return;
      this.#asked = text;
      this.page = page;
      this.error = null;
    } catch (thrown) {
      this.error = asOfficeError(thrown);
    }
  }
}

const made = new WeakMap<App, TrayStore>();

/** The one of the window. */
export function trayOf(app: App): TrayStore {
  let tray = made.get(app);
  if (!tray) made.set(app, (tray = new TrayStore(app.office)));
  return tray;
}
