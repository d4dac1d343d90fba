import type { Notification, Office } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";

import type { Announcer } from "./announcer.svelte";

const LIMIT = 100;

/** Most urgent first (5 is the most urgent), then newest. */
export function byUrgency(a: Notification, b: Notification): number {
  return b.priority - a.priority || b.created_at.localeCompare(a.created_at) || a.id.localeCompare(b.id);
}

/** My unread notifications. */
export class NotificationStore {
  unread = $state(0);
  items = $state.raw<Notification[]>([]);
  more = $state(false);
  loaded = $state(false);
  error = $state.raw<OfficeError | null>(null);
  /** Being marked read: gone from every list at once, back if it fails. */
  leaving = $state.raw<ReadonlySet<string>>(new Set());
  /** Those of each marking: the same one may be marked, brought back and marked again faster than it is saved. */
  readonly #markings = new Set<readonly string[]>();
  #known: Set<string> | null = null;
  readonly #refresher = new Refresher(() => this.#read());

  constructor(
    private readonly office: Office,
    private readonly announcer: Announcer,
  ) {
    office.on("notifications-changed", () => void this.refresh());
  }

  refresh(): Promise<void> {
    return this.#refresher.ask();
  }

  /** Nothing of one office is shown in another. */
  clear(): void {
    this.unread = 0;
    this.items = [];
    this.loaded = false;
    this.#known = null;
  }

  /**
   * Marked read here: out of every list at once. The returned function ends that: it was read, and is no longer in the
   * list, or it could not be and is back.
   */
  leave(ids: readonly string[]): () => void {
    const mine = [...ids];
    const show = () => (this.leaving = new Set([...this.#markings].flat()));
    this.#markings.add(mine);
    show();
    return () => {
      this.#markings.delete(mine);
      show();
    };
  }

  async #read(): Promise<void> {
    try {
      const page = await this.office.notifications(LIMIT);
      const items = page.items.filter((n) => !n.is_read).sort(byUrgency);
      this.#announce(items);
      this.items = items;
      this.unread = page.unread;
      this.more = page.unread > items.length;
      this.loaded = true;
      this.error = null;
    } catch (thrown) {
      this.error = asOfficeError(thrown);
    }
  }

  #announce(items: Notification[]): void {
    const known = this.#known;
    this.#known = new Set(items.map((n) => n.id));
    if (!known) return;
    const fresh = items.filter((n) => !known.has(n.id));
    if (fresh.length === 1) this.announcer.say(`New alert: ${fresh[0]?.title}`);
    else if (fresh.length > 1) this.announcer.say(`${fresh.length} new alerts`);
  }
}
