import { failed } from "$/components/toast/toast";
import type { ChangeRef, CustomerMessage, MessageInput, Office } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { matches } from "$/lib/match";
import { Refresher } from "$/lib/refresher";
import type { App } from "$/shell/app.svelte";

import type { ScheduleStore } from "../schedule.svelte";
import { channelOf, CHANNELS, type Channel } from "./words";

/** What a person changes about a message. */
export type MessageChange = Partial<Omit<MessageInput, "id" | "version">>;

/** Somebody else changed it meanwhile. */
export type Conflict = {
  wanted: MessageChange;
  /** As it is now. */
  theirs: CustomerMessage;
};

/** Typing is saved when the person pauses. */
const SAVE_AFTER = 700;

/** The customers to tell. What is changed shows at once, and is saved one change after the other. */
export class MessagesStore {
  /** As they were last read, or as this window saved them since. */
  #read = $state.raw<CustomerMessage[]>([]);
  /** What is on its way, by message. */
  #pending = $state.raw<ReadonlyMap<string, MessageChange>>(new Map());
  /**
   * As it stands in the fields of whoever types: the office trims what it saves, and a space at the end must not vanish
   * under the hand.
   */
  #typed = $state.raw<ReadonlyMap<string, MessageChange>>(new Map());
  conflicts = $state.raw<ReadonlyMap<string, Conflict>>(new Map());
  loaded = $state(false);
  loading = $state(false);
  error = $state.raw<OfficeError | null>(null);

  show = $state<"open" | "all">("open");
  text = $state("");
  /** Only those of this change: the rain-out that was just applied. */
  of = $state.raw<ChangeRef | null>(null);
  at = $state<string | null>(null);
  /** Done while the list was looked at: they keep their place until it is read for something else. */
  #kept = $state.raw<ReadonlySet<string>>(new Set());

  readonly #typing = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #saving = new Map<string, Promise<void>>();
  readonly #reading = new Refresher(() => this.#ask());
  #shown = $state(0);
  /** How many wait, as far as it was asked for without the list; null: it was not yet counted. */
  #waiting = $state<number | null>(null);
  #counted = 0;
  readonly #counting = new Refresher(() => this.#count(), 1_000);
  /** Of which office: what is still on its way to the one before changes nothing here. */
  #office = 0;

  constructor(
    private readonly office: Office,
    private readonly app: App,
  ) {
    office.on("schedule-changed", () => {
      if (this.#shown > 0) void this.refresh();
      if (this.#counted > 0) void this.#counting.ask();
    });
  }

  /** With what is on its way put in. */
  readonly all: CustomerMessage[] = $derived(
    this.#read.map((message) => ({
      ...message,
      ...this.#pending.get(message.id),
      ...this.#typed.get(message.id),
    })),
  );
  readonly open: CustomerMessage[] = $derived(this.all.filter((message) => message.state === "draft"));
  /** Of those in the list. */
  readonly openCount = $derived(this.open.length);
  /**
   * For "Customers to tell (5)": all of them, wherever one is; null: not known yet. What was counted may be older than
   * the list of one change, which is part of it.
   */
  readonly waiting: number | null = $derived(
    this.#shown === 0 || !this.loaded
      ? this.#waiting
      : this.of === null
        ? this.openCount
        : Math.max(this.#waiting ?? 0, this.openCount),
  );

  /** What is on screen: calls first, then texts, then mails. */
  readonly rows: CustomerMessage[] = $derived.by(() => {
    const found = this.all.filter(
      (message) =>
        (this.show === "all" || message.state === "draft" || this.#kept.has(message.id)) &&
        (this.text.trim() === "" || matches(searched(message), this.text)),
    );
    return CHANNELS.flatMap((channel: Channel) =>
      found.filter((message) => channelOf(message.channel) === channel),
    );
  });
  readonly current: CustomerMessage | null = $derived(
    this.rows.find((message) => message.id === this.at) ?? null,
  );

  /** Read, and kept up to date, until the returned function is called. */
  watch(): () => void {
    this.#shown += 1;
    void this.refresh();
    return () => {
      this.#shown -= 1;
      this.flush();
    };
  }

  /** How many wait is kept up to date until the returned function is called; the list itself may be long. */
  watchCount(): () => void {
    this.#counted += 1;
    void this.#counting.ask();
    return () => (this.#counted -= 1);
  }

  async #count(): Promise<void> {
    const office = this.#office;
    try {
      const { length } = await this.office.customerMessages({ change_id: null, open: true });
      if (office === this.#office) this.#waiting = length;
    } catch {
      // It is a number beside a button; the list says what is wrong.
    }
  }

  refresh(): Promise<void> {
    return this.#reading.ask();
  }

  /** Another office. What was typed and not yet sent is of a message it does not have. */
  clear(): void {
    this.#office += 1;
    for (const timer of this.#typing.values()) clearTimeout(timer);
    this.#typing.clear();
    this.#read = [];
    this.#pending = this.#typed = this.conflicts = new Map();
    this.#kept = new Set();
    this.loaded = false;
    this.error = this.of = this.at = null;
    this.text = "";
    this.#waiting = null;
    if (this.#shown > 0) void this.refresh();
    if (this.#counted > 0) void this.#counting.ask();
  }

  setShow(show: "open" | "all"): void {
    this.show = show;
    this.#kept = new Set();
  }

  setOf(change: ChangeRef | null): void {
    if (change?.id !== this.of?.id) {
      this.#read = [];
      this.loaded = false;
    }
    this.of = change;
    this.#kept = new Set();
    this.at = null;
    if (this.#shown > 0) void this.refresh();
  }

  async #ask(): Promise<void> {
    const [of, office] = [this.of, this.#office];
    this.loading = true;
    try {
      const read = await this.office.customerMessages({ change_id: of?.id ?? null, open: false });
      if (of !== this.of || office !== this.#office) return void this.#reading.ask();
      this.#read = read;
      this.loaded = true;
      this.error = null;
    } catch (thrown) {
      if (office === this.#office) this.error = asOfficeError(thrown);
    } finally {
      this.loading = false;
    }
  }

  /** Shows at once, saves when the typing pauses. */
  type(id: string, change: MessageChange): void {
    this.#put(id, change);
    this.#typed = changed(this.#typed, id, change);
    clearTimeout(this.#typing.get(id));
    this.#typing.set(
      id,
      setTimeout(() => void this.#save(id), SAVE_AFTER),
    );
  }

  /** Whatever was typed is saved now. */
  flush(): void {
    for (const id of [...this.#typing.keys()]) void this.#save(id);
    this.#typed = new Map();
  }

  /** Shows at once; when the office refuses it goes back, and says why. */
  async change(id: string, change: MessageChange): Promise<boolean> {
    this.#put(id, change);
    return this.#save(id);
  }

  /** Told, or not to be told: with the way back. */
  async setState(message: CustomerMessage, state: string, note = message.note): Promise<boolean> {
    const before = { state: message.state, note: message.note };
    this.#kept = new Set([...this.#kept, message.id]);
    if (!(await this.change(message.id, { state, note }))) return false;
    const name = message.to_name ?? "the customer";
    this.app.undo.offer(
      state === "done"
        ? `Told: ${name}`
        : state === "dropped"
          ? `Not told: ${name}`
          : `To tell again: ${name}`,
      {
        label: state === "done" ? `Told ${name}` : `Message to ${name}`,
        undo: async () => {
          await this.#must(message.id, before);
          return () => this.#must(message.id, { state, note });
        },
      },
      { family: "messages" },
    );
    return true;
  }

  /** Theirs stays. */
  keepTheirs(id: string): void {
    this.#settle(id);
  }

  /** Ours after all, over what is there now. */
  async keepMine(id: string): Promise<boolean> {
    const conflict = this.conflicts.get(id);
    if (!conflict) return true;
    this.#settle(id);
    return this.change(id, conflict.wanted);
  }

  #settle(id: string): void {
    this.conflicts = new Map([...this.conflicts].filter(([one]) => one !== id));
  }

  #put(id: string, change: MessageChange): void {
    this.#pending = changed(this.#pending, id, change);
  }

  /** One at a time for each message: the next needs the version that the one before made. */
  async #save(id: string): Promise<boolean> {
    clearTimeout(this.#typing.get(id));
    this.#typing.delete(id);
    let saved = true;
    const before = this.#saving.get(id) ?? Promise.resolve();
    const turn = before.then(async () => {
      saved = await this.#send(id);
    });
    this.#saving.set(id, turn);
    await turn;
    if (this.#saving.get(id) === turn) this.#saving.delete(id);
    return saved;
  }

  async #send(id: string): Promise<boolean> {
    const change = this.#pending.get(id);
    const now = this.#read.find((message) => message.id === id);
    if (!change || !now) return true;
    const of = this.#office;
    try {
      this.#take(await this.office.saveMessage(inputOf(now, change)));
      this.#forget(id, change);
      return true;
    } catch (thrown) {
      const error = asOfficeError(thrown);
      if (of !== this.#office) return false;
      this.#forget(id, change);
      this.#typed = new Map([...this.#typed].filter(([one]) => one !== id));
      if (error.code === "version_conflict") await this.#collided(id, now.version, change, error);
      else this.#complain(id, change, error);
      return false;
    }
  }

  /** What was typed since stays on its way. */
  #forget(id: string, sent: MessageChange): void {
    const now = this.#pending.get(id);
    if (!now) return;
    const rest = Object.fromEntries(
      Object.entries(now).filter(([key, value]) => sent[key as keyof MessageChange] !== value),
    ) as MessageChange;
    const others = [...this.#pending].filter(([one]) => one !== id);
    this.#pending = new Map(Object.keys(rest).length > 0 ? [...others, [id, rest]] : others);
  }

  #take(message: CustomerMessage): void {
    const newer = (one: CustomerMessage) => one.id === message.id && one.version <= message.version;
    this.#read = this.#read.map((one) => (newer(one) ? message : one));
  }

  async #collided(id: string, seen: number, wanted: MessageChange, error: OfficeError): Promise<void> {
    await this.refresh();
    const theirs = this.#read.find((message) => message.id === id);
    if (!theirs) return this.#complain(id, wanted, error);
    // What was undone here changed it as well: what is wanted now is the newer.
    if (this.app.versions.isOwn(id, seen, theirs.version)) return void (await this.change(id, wanted));
    const mine = { ...theirs, ...wanted };
    // They wanted the same.
    if (
      Object.keys(wanted).every(
        (key) => mine[key as keyof CustomerMessage] === theirs[key as keyof CustomerMessage],
      )
    )
      return;
    this.conflicts = new Map([...this.conflicts, [id, { wanted, theirs }]]);
    this.app.announcer.say("Somebody else changed this message meanwhile. Choose which one stays.");
  }

  #complain(id: string, change: MessageChange, error: OfficeError): void {
    this.app.announcer.say(`Not saved. ${error.message}`);
    failed("The message was not saved.", {
      error,
      details: () => this.app.details(error),
      retry: () => void this.change(id, change),
    });
  }

  async #must(id: string, change: MessageChange): Promise<void> {
    const find = () => this.#read.find((one) => one.id === id);
    if (!find()) await this.refresh();
    const message = find();
    if (!message) return;
    try {
      this.#take(await this.office.saveMessage(inputOf(message, change)));
    } catch (thrown) {
      if (asOfficeError(thrown).code !== "version_conflict") throw thrown;
      // A rain-out that was taken back here changed it as well.
      await this.refresh();
      const now = find();
      if (!now || !this.app.versions.isOwn(id, message.version, now.version)) throw thrown;
      this.#take(await this.office.saveMessage(inputOf(now, change)));
    }
  }
}

function changed(
  all: ReadonlyMap<string, MessageChange>,
  id: string,
  change: MessageChange,
): ReadonlyMap<string, MessageChange> {
  return new Map([...all, [id, { ...all.get(id), ...change }]]);
}

function inputOf(now: CustomerMessage, change: MessageChange): MessageInput {
  const { id, version, channel, to_address, subject, body, state, note } = now;
  return { id, version, channel, to_address, subject, body, state, note, ...change };
}

function searched({ to_name, to_address, body, note, job }: CustomerMessage): string {
  return [to_name, to_address, job?.customer, job?.address, note, body].map((part) => part ?? "").join("\n");
}

const stores = new WeakMap<ScheduleStore, MessagesStore>();

export function messagesOf(schedule: ScheduleStore, app: App): MessagesStore {
  let store = stores.get(schedule);
  if (!store) {
    // It outlives the screen that asks first: what is derived in a component stops with it.
    $effect.root(() => {
      const made = (store = new MessagesStore(schedule.office, app));
      app.whenForgotten(() => made.clear());
    });
    stores.set(schedule, store!);
  }
  return store!;
}

/** Goes to the customers to tell: those of one change, or all. */
export function openMessages(schedule: ScheduleStore, app: App, of: ChangeRef | null = null): void {
  const store = messagesOf(schedule, app);
  store.setShow("open");
  store.text = "";
  store.setOf(of);
  app.router.screen("schedule", "messages");
}
