import { getContext, setContext } from "svelte";

import { addCommands } from "$/commands/commands";
import { Registry } from "$/commands/registry.svelte";
import { UndoStack } from "$/commands/undo.svelte";
import type { AppInfo, ConnectionState, Notification, Office } from "$/ipc/client";
import type { OfficeError } from "$/ipc/errors";
import { Versions } from "$/ipc/versions.svelte";
import { draftsOf } from "$/lib/drafts";
import { remember, remembered } from "$/lib/storage";
import { InboxStore } from "$/screens/alerts/inbox.svelte";
import { ChangesStore } from "$/screens/changes/changes.svelte";
import { CrewStore } from "$/screens/crew/crew.svelte";
import { ScheduleStore } from "$/screens/schedule/schedule.svelte";
import { TodayStore } from "$/screens/today/today.svelte";

import { Announcer } from "./announcer.svelte";
import { ConnectionStore } from "./connection.svelte";
import { ConnectionsStore } from "./connections.svelte";
import { NotificationStore } from "./notifications.svelte";
import { Reading } from "./reading.svelte";
import { panelFor, Router, type Opened } from "./router.svelte";
import { ThemeStore } from "./theme.svelte";

/** Connecting that takes longer than this, in milliseconds, is not waited for where there is a copy. */
const COPY_AFTER = 500;

/** What the screens share. One per window. */
export class App {
  /** What every screen asks, with what this window knows of versions. */
  readonly office: Office;
  readonly versions = new Versions();
  readonly announcer = new Announcer();
  readonly router = new Router();
  readonly theme = new ThemeStore();
  readonly registry: Registry;
  readonly connection: ConnectionStore;
  readonly connections: ConnectionsStore;
  readonly today: TodayStore;
  readonly notifications: NotificationStore;
  readonly inbox: InboxStore;
  readonly changes: ChangesStore;
  readonly schedule: ScheduleStore;
  readonly crew: CrewStore;
  readonly undo: UndoStack;
  readonly reading: Reading;
  info = $state.raw<AppInfo | null>(null);
  collapsed = $state(remembered("sidebar") === "collapsed");
  bellOpen = $state(false);
  paletteOpen = $state(false);
  sheetOpen = $state(false);
  /** The records that led to the one in the panel, the nearest last. */
  trail = $state.raw<Opened[]>([]);
  /** While an estimate whose notes can be changed is in the panel. */
  editNotes = $state.raw<(() => void) | null>(null);
  /** The person is on the way from Connect to Today. */
  arriving = false;
  /** Where the focus goes back to when the panel closes, and the row it was opened from. */
  #opener: { element: HTMLElement; row: string | undefined } | null = null;
  #database: string | null = null;
  /** Stores that are made when they are first looked at, and outlive the screen. */
  readonly #others: (() => void)[] = [];
  #support = "";

  constructor(asked: Office, platform?: string) {
    const office = (this.office = this.versions.through(asked));
    this.registry = new Registry(platform);
    this.connection = new ConnectionStore(office);
    this.connections = new ConnectionsStore(office, this.connection);
    this.today = new TodayStore(office, this.announcer);
    this.notifications = new NotificationStore(office, this.announcer);
    this.inbox = new InboxStore(office);
    this.changes = new ChangesStore(office);
    this.schedule = new ScheduleStore(this);
    this.crew = new CrewStore(this);
    this.undo = new UndoStack(office, {
      say: (sentence) => this.announcer.say(sentence),
      details: (error) => this.details(error),
      shortcut: (command) => this.registry.label(command),
      openChanges: () => this.router.screen("changes"),
      settled: () => this.versions.settled(),
    });
    this.reading = new Reading(office, this.notifications, this.inbox, this.today, this.undo, (error) =>
      this.details(error),
    );
    office.on("open-record", (about) => {
      const panel = panelFor(about);
      if (panel) this.open(panel);
      else this.bellOpen = true;
    });
    this.connection.onChange = (state) => this.#follow(state);
    // The tray names a command; an older window may not have it.
    office.on("run-command", (id) => {
      if (this.registry.has(id)) this.registry.run(id);
    });
    // The list beside an opening or closing panel keeps its place.
    this.router.around = () => this.today.aroundChange?.();
    addCommands(this);
  }

  async start(): Promise<void> {
    const loading = this.connection.load();
    void this.#askForSupport();
    void this.office.appInfo().then(
      (info) => (this.info = info),
      // Only "Copy details" needs it.
      () => undefined,
    );
    await loading;
  }

  /** What to show, and what to read again, now that the connection is so. */
  #follow(state: ConnectionState): void {
    if (state.kind !== "connecting") {
      void this.#askForSupport();
      void this.connections.load();
    }
    switch (state.kind) {
      case "online": {
        // Two connections can lead to places of the same name.
        const database = `${state.connection_id}/${state.server}/${state.database}`;
        if (this.#database !== null && this.#database !== database) this.#forgetShown();
        this.#database = database;
        draftsOf(state.connection_id);
        // Connecting is done: what the person came for. Who only looks at an existing connection stays there.
        if (this.arriving && this.router.route.screen === "connect")
          this.router.replace({ screen: "today", open: null });
        this.arriving = false;
        this.refresh();
        break;
      }
      case "not_configured":
        this.#forgetShown();
        this.#toConnect();
        break;
      case "who_are_you":
        this.versions.clear();
        this.#toConnect();
        break;
      case "needs_migration":
        this.#toConnect();
        break;
      case "connecting":
        // A connection that is there in a moment needs no copy first.
        setTimeout(() => void this.#readCopy(), COPY_AFTER);
        break;
      case "offline":
        // The password is asked for before anything of the office is shown again.
        if (state.error.code === "wrong_password") void this.#askForPassword();
        else void this.#readCopy();
        break;
    }
  }

  async #askForPassword(): Promise<void> {
    this.connection.copy = null;
    this.#forgetShown();
    if (this.router.route.screen === "connect") return;
    await this.connections.load();
    const { state } = this.connection;
    if (state.kind !== "offline" || state.error.code !== "wrong_password") return;
    this.#toConnect();
    const saved = this.connections.active;
    if (saved) this.router.screen("connect", saved.id);
  }

  /** With no network the screens read the copy on this computer, where there is one. */
  async #readCopy(): Promise<void> {
    if (this.connection.online || !(await this.connection.findCopy())) return;
    void this.today.refresh();
    void this.notifications.refresh();
    void this.inbox.refresh();
    void this.schedule.refresh();
  }

  refresh(): void {
    void this.today.refresh();
    void this.notifications.refresh();
    void this.inbox.refresh();
    void this.changes.refresh();
    void this.schedule.refresh();
    void this.crew.refresh();
  }

  toggleSidebar(): void {
    this.collapsed = !this.collapsed;
    remember("sidebar", this.collapsed ? "collapsed" : null);
  }

  /** Opens a record beside the list. */
  open(record: Opened): void {
    const active = document.activeElement;
    // The bell's list closes; the bell is still there afterwards.
    const inBell = active?.closest("[data-testid='bell-list']");
    const focused = inBell ? document.querySelector("[data-testid='bell']") : active;
    const inside = focused?.closest("[data-testid='detail-panel']");
    if (focused instanceof HTMLElement && focused !== document.body && !inside) {
      this.#opener = { element: focused, row: focused.closest<HTMLElement>("[data-row]")?.dataset.row };
    }
    const shown = this.router.route.open;
    const other = shown && (shown.kind !== record.kind || shown.id !== record.id);
    this.trail = inside && other ? [...this.trail, shown].slice(-50) : inside ? this.trail : [];
    this.router.open(record);
  }

  /** To the record from which the one in the panel was opened. */
  backInPanel(): void {
    const before = this.trail.at(-1);
    if (!before) return;
    this.trail = this.trail.slice(0, -1);
    this.router.open(before);
  }

  /** Back and Close lead through the panel, too. */
  followTrail(open: Opened | null): void {
    const before = this.trail.at(-1);
    if (!open) this.trail = [];
    else if (before?.kind === open.kind && before.id === open.id) this.trail = this.trail.slice(0, -1);
  }

  /** After the panel has gone. */
  returnFocus(): void {
    const opener = this.#opener;
    this.#opener = null;
    const { activeElement } = document;
    if (!opener && activeElement && activeElement !== document.body) return;
    const row = opener?.row
      ? document.querySelector<HTMLElement>(`[data-row="${CSS.escape(opener.row)}"]`)
      : null;
    // What it was opened from may have gone meanwhile: then near it, but never nowhere.
    const places = [
      opener?.element.isConnected ? opener.element : null,
      row?.matches("button, [tabindex]") ? row : row?.querySelector<HTMLElement>("button, [tabindex]"),
      document.querySelector<HTMLElement>("main :is([data-cell], [data-stop])[tabindex='0']"),
      document.querySelector<HTMLElement>("main"),
    ];
    for (const place of places) {
      place?.focus({ preventScroll: true });
      if (place && document.activeElement === place) return;
    }
  }

  /** A click on a notification: what it is about, and it is read. */
  async openNotification(notification: Notification): Promise<void> {
    const panel = panelFor(notification.about);
    if (panel) this.open(panel);
    await this.reading.set([notification], true, { quiet: true, stay: true });
  }

  /** For whoever helps on the phone. Holds no customer's data. */
  details(error: OfficeError): string {
    return this.#report([`${error.code}: ${error.message}`, error.details ?? ""]);
  }

  /** The same where nothing in particular has failed. */
  aboutThis(): string {
    return this.#report([]);
  }

  #report(what: string[]): string {
    const program = this.info
      ? `Neff Office ${this.info.version} on ${this.info.platform} (${this.info.computer})`
      : "Neff Office";
    const lines = [program, new Date().toISOString(), ...what];
    if (this.info) lines.push(`Logs: ${this.info.log_folder}`);
    lines.push(this.#support);
    return lines.filter(Boolean).join("\n");
  }

  /** What the core says of itself, at hand before anything is copied: a clipboard does not wait for an answer. */
  async #askForSupport(): Promise<void> {
    try {
      this.#support = await this.office.supportDetails();
    } catch {
      // What is known without it is copied all the same.
    }
  }

  /** Called whenever another office is shown: nothing of one is seen in the next. */
  whenForgotten(clear: () => void): void {
    this.#others.push(clear);
  }

  #toConnect(): void {
    this.arriving = true;
    if (this.router.route.screen !== "connect") this.router.replace({ screen: "connect", open: null });
  }

  #forgetShown(): void {
    this.versions.clear();
    this.today.clear();
    this.notifications.clear();
    this.inbox.clear();
    this.changes.clear();
    this.schedule.clear();
    this.crew.clear();
    this.undo.clear();
    for (const clear of this.#others) clear();
  }
}

const KEY = Symbol("app");

export function provideApp(app: App): App {
  return setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}
