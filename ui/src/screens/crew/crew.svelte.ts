import { refused } from "$/components/toast/toast";
import type { AwayEntry, CertificateOverview, ClosedDays, Membership, Office, Roster } from "$/ipc/client";
import { asOfficeError, type OfficeError } from "$/ipc/errors";
import { Refresher } from "$/lib/refresher";
import type { App } from "$/shell/app.svelte";
import type { CrewTab } from "$/shell/screens";

import { readFilters, writeFilters, type CrewFilters } from "./filters";

/** Whose time off it is; null: the whole office. */
export type OffOf = { kind: "person" | "machine"; id: string; name: string };

/** A form that opens over the window. */
export type CrewAsk =
  | { kind: "person" | "crew" | "machine" }
  | { kind: "time-off"; of: OffOf | null; entry: AwayEntry | null }
  | {
      kind: "membership";
      crew: { id: string; name: string } | null;
      person: { id: string; name: string } | null;
      entry: Membership | null;
    }
  | { kind: "move"; entry: Membership };

/** People, crews and machines as the screen and the panels show them. One per window. */
export class CrewStore {
  roster = $state.raw<Roster | null>(null);
  certificates = $state.raw<CertificateOverview | null>(null);
  closed = $state.raw<ClosedDays | null>(null);
  error = $state.raw<OfficeError | null>(null);
  loading = $state(false);
  /** The form that is open. */
  asked = $state.raw<CrewAsk | null>(null);
  /** Rises with everything that was read: lists draw themselves anew in place. */
  revision = $state(0);
  readonly office: Office;
  /** Who looks. */
  #viewers = 0;
  #stale = true;
  /** Where each tab was left. */
  readonly #left = new Map<CrewTab, string>();
  readonly #refresher = new Refresher(() => this.#read());

  constructor(private readonly app: App) {
    this.office = app.office;
    for (const event of ["schedule-changed", "company-changed", "changes-changed"] as const)
      app.office.on(event, () => void this.refresh());
  }

  get tab(): CrewTab {
    const { screen, tab } = this.app.router.route;
    return screen === "crew" && tab ? (tab as CrewTab) : "people";
  }

  readonly filters: CrewFilters = $derived.by(() => {
    const { screen, filters } = this.app.router.route;
    return readFilters(screen === "crew" ? filters : undefined);
  });

  setFilters(patch: Partial<CrewFilters>): void {
    this.app.router.filter(writeFilters({ ...this.filters, ...patch }));
  }

  /** Another list, as it was left. */
  show(tab: CrewTab): void {
    const { route } = this.app.router;
    if (route.screen === "crew") this.#left.set(this.tab, route.filters ?? "");
    const filters = this.#left.get(tab) || undefined;
    this.app.router.go({ screen: "crew", tab: tab === "people" ? null : tab, filters, open: route.open });
  }

  get zone(): string {
    return this.roster?.zone ?? this.app.today.zone;
  }
  get today(): string {
    return this.roster?.today ?? this.app.today.date;
  }

  /** Why nothing can be changed now, as a sentence. */
  get whyNot(): string | null {
    const { state } = this.app.connection;
    if (state.kind !== "online") return "The office database does not answer, so this can only be read now.";
    if (state.read_only)
      return "The database asks for a newer version of this program before anything is changed.";
    return null;
  }

  get writable(): boolean {
    return this.whyNot === null;
  }

  /** Opens a form, or says why it cannot be. */
  ask(what: CrewAsk): void {
    const why = this.whyNot;
    if (why !== null) {
      this.app.announcer.say(why);
      refused(why);
      return;
    }
    this.asked = what;
    void this.need();
  }

  /** While something shows it, it is kept up to date. */
  view(): () => void {
    this.#viewers += 1;
    if (this.#stale || this.error) void this.refresh();
    return () => (this.#viewers -= 1);
  }

  /** Names to choose from, for a form. */
  async need(): Promise<Roster | null> {
    if (this.roster === null || this.#stale) await this.#refresher.ask();
    return this.roster;
  }

  refresh(): Promise<void> {
    if (this.#viewers === 0) {
      this.#stale = true;
      return Promise.resolve();
    }
    return this.#refresher.ask();
  }

  clear(): void {
    this.roster = null;
    this.certificates = null;
    this.closed = null;
    this.error = null;
    this.asked = null;
    this.#stale = true;
    this.#left.clear();
  }

  async #read(): Promise<void> {
    this.loading = true;
    const { tab } = this;
    const { year } = this.filters;
    try {
      const [roster, certificates, closed] = await Promise.all([
        this.office.roster(),
        tab === "certificates" ? this.office.certificateOverview() : null,
        tab === "closed" ? this.office.closedDays(year) : null,
      ]);
      this.roster = roster;
      this.certificates = certificates ?? this.certificates;
      this.closed = closed ?? this.closed;
      this.#stale = false;
      this.error = null;
      this.revision += 1;
    } catch (thrown) {
      this.error = asOfficeError(thrown);
    } finally {
      this.loading = false;
    }
    // Meanwhile another list is looked at.
    if (this.#viewers > 0 && !this.error && (tab !== this.tab || year !== this.filters.year))
      void this.#refresher.ask();
  }
}
