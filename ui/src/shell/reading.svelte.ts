import type { UndoStack } from "$/commands/undo.svelte";
import { failed } from "$/components/toast/toast";
import type { InboxQuery, Notification, Office } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { count } from "$/lib/words";
import type { InboxStore } from "$/screens/alerts/inbox.svelte";
import type { TodayStore } from "$/screens/today/today.svelte";

import type { NotificationStore } from "./notifications.svelte";

/** As many as the core marks at once, and as Undo brings back. */
const MOST = 10_000;

/** Marks alerts read and unread, in every list of the window at once, with the way back. */
export class Reading {
  /** Everything is being marked. */
  busy = $state(false);

  constructor(
    private readonly office: Office,
    private readonly bell: NotificationStore,
    private readonly inbox: InboxStore,
    private readonly today: TodayStore,
    private readonly undo: UndoStack,
    private readonly details: (error: OfficeError) => string,
  ) {}

  /**
   * `quiet`: it is a side of something else, opening it say; nothing is said and Ctrl+Z means what was done before.
   * `stay`: its row keeps its place until the list is read anew.
   */
  async set(
    items: Notification[],
    read: boolean,
    { quiet = false, stay = false }: { quiet?: boolean; stay?: boolean } = {},
  ): Promise<boolean> {
    const changing = items.filter((item) => item.is_read !== read);
    if (changing.length === 0) return true;
    try {
      await this.#apply(changing, read, stay);
    } catch (thrown) {
      const error = asOfficeError(thrown);
      failed(
        read
          ? `${changing.length === 1 ? "It" : "They"} could not be marked as read.`
          : `${changing.length === 1 ? "It" : "They"} could not be marked as unread.`,
        {
          error,
          details: () => this.details(error),
          retry: () => void this.set(items, read, { quiet, stay }),
        },
      );
      return false;
    }
    if (!quiet) this.#offer(changing, read);
    return true;
  }

  /** All unread ones that the query shows, up to now. */
  async all(query: InboxQuery): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      const { items, until, more } = await this.#unread(query);
      if (items.length === 0) return true;
      if (!more) return await this.set(items, true);
      const marked = await this.office.markAllReadIn(query, until);
      await this.#heard();
      this.#offer(
        items.map((item) => ({ ...item, is_read: false })),
        true,
        marked,
      );
      return true;
    } catch (thrown) {
      const error = asOfficeError(thrown);
      failed("They could not be marked as read.", {
        error,
        details: () => this.details(error),
        retry: () => void this.all(query),
      });
      return false;
    } finally {
      this.busy = false;
    }
  }

  #offer(items: Notification[], read: boolean, all = items.length): void {
    const title = `${count(all, "alert")} marked as ${read ? "read" : "unread"}`;
    const some =
      all > items.length ? `Undo brings back the newest ${count(items.length, "one")}.` : undefined;
    this.undo.offer(
      title,
      {
        label: title,
        undo: async () => {
          await this.#apply(
            items.map((item) => ({ ...item, is_read: read })),
            !read,
            false,
          );
          return () => this.#apply(items, read, false);
        },
      },
      { description: some, family: "reading" },
    );
  }

  /** Shows it, does it, and shows what is so when it was refused. */
  async #apply(items: Notification[], read: boolean, stay: boolean): Promise<void> {
    const ids = items.map((item) => item.id);
    const marking = this.inbox.mark(items, read, stay);
    const left = this.bell.leave(read ? ids : []);
    try {
      await this.office.setRead(ids, read);
    } catch (thrown) {
      marking.back();
      left();
      throw thrown;
    }
    void this.#heard().finally(() => {
      marking.settle();
      left();
    });
  }

  async #heard(): Promise<void> {
    await Promise.all([this.bell.refresh(), this.inbox.refresh(), this.today.refresh()]);
  }

  async #unread(query: InboxQuery): Promise<{ items: Notification[]; until: string; more: boolean }> {
    const items: Notification[] = [];
    let after: string | null = null;
    let until: string | null = null;
    do {
      const page = await this.office.inbox({ ...query, show: "unread", after, limit: 200 });
      until ??= page.as_of;
      for (const item of page.items) if (Date.parse(item.created_at) <= Date.parse(until)) items.push(item);
      after = page.next;
    } while (after !== null && items.length < MOST);
    return { items: items.slice(0, MOST), until, more: after !== null };
  }
}
