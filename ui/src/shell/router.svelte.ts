import type { RecordRef } from "$/ipc/client";

import {
  hasFilters,
  hasPanel,
  isCrewTab,
  isScheduleTab,
  isScreen,
  isSettingsTab,
  type Screen,
} from "./screens";

export type { Screen } from "./screens";
const PANELS = ["estimate", "job", "customer", "contract", "crew", "person", "machine"] as const;
/** A record that has a panel of its own. */
export type Opened = { kind: (typeof PANELS)[number]; id: string };
/**
 * `tab`: a part of the screen with a route of its own: a tab of Settings, a step of Connect. `filters`: what its list
 * shows, as "show=all&order=priority"; the screen reads them.
 */
export type Route = { screen: Screen; tab?: string | null; filters?: string; open: Opened | null };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isId(text: string): boolean {
  return UUID.test(text);
}

/** "#/today?open=estimate:UUID", "#/settings/me". What cannot be read is the home screen. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  const [, name = "", part = ""] = path.split("/");
  const screen: Screen = isScreen(name) ? name : "today";
  const values = new URLSearchParams(query);
  const [kind = "", id = ""] = (values.get("open") ?? "").split(":");
  const open = hasPanelOfItsOwn(kind) && isId(id) ? { kind, id } : null;
  values.delete("open");
  const filters = hasFilters(screen) ? values.toString() : "";
  return {
    screen,
    tab: knownTab(screen, part),
    ...(filters ? { filters } : {}),
    open: hasPanel(screen) ? open : null,
  };
}

function hasPanelOfItsOwn(kind: string): kind is Opened["kind"] {
  return (PANELS as readonly string[]).includes(kind);
}

function knownTab(screen: Screen, part: string): string | null {
  if (screen === "settings") return isSettingsTab(part) ? part : null;
  // The board has no name of its own in the route: it is what the screen opens with.
  if (screen === "schedule") return isScheduleTab(part) && part !== "board" ? part : null;
  if (screen === "crew") return isCrewTab(part) && part !== "people" ? part : null;
  // A step of connecting, or the saved connection to change.
  if (screen === "connect") return part === "local" || part === "server" || isId(part) ? part : null;
  return null;
}

export function formatRoute(route: Route): string {
  const tab = route.tab ? `/${route.tab}` : "";
  const open = route.open ? `open=${route.open.kind}:${route.open.id}` : "";
  const query = [route.filters, open].filter(Boolean).join("&");
  return `#/${route.screen}${tab}${query ? `?${query}` : ""}`;
}

/** The panel for a record, where there is one. */
export function panelFor(about: RecordRef | null): Opened | null {
  return about && hasPanelOfItsOwn(about.kind) && isId(about.id) ? { kind: about.kind, id: about.id } : null;
}

export class Router {
  route = $state.raw<Route>(parseRoute(location.hash));
  /** Called right before the route changes; what it returns is called when the new one is on screen. */
  around: (() => (() => void) | undefined) | null = null;
  /** What each list was last narrowed to: going back to a screen finds it so. */
  #filters = $state.raw<Partial<Record<Screen, string>>>({});

  constructor() {
    this.#keep(this.route);
    addEventListener("hashchange", () => this.#show(parseRoute(location.hash)));
  }

  go(route: Route): void {
    if (formatRoute(route) === formatRoute(this.route)) return;
    location.hash = formatRoute(route);
    this.#show(route);
  }

  /** Goes there without leaving a step to come back to: where the program, not the person, changes the screen. */
  replace(route: Route): void {
    history.replaceState(null, "", formatRoute(route));
    this.#show(route);
  }

  screen(screen: Screen, tab: string | null = null): void {
    this.go({ screen, tab, filters: this.#filters[screen], open: null });
  }

  /** Another part of the same screen, with the same filters and the same record beside it. */
  part(tab: string | null): void {
    this.go(parseRoute(formatRoute({ ...this.route, tab })));
  }

  /** Where a link to that screen leads. */
  href(screen: Screen): string {
    return formatRoute({ screen, filters: this.#filters[screen], open: null });
  }

  /** Narrows the list on screen. No step to come back to: Back leaves the list, not its filters. */
  filter(filters: string): void {
    this.replace({ ...this.route, filters: filters || undefined });
  }

  /** Beside the list that is on screen; where there is none, on Today. */
  open(open: Opened): void {
    this.go(hasPanel(this.route.screen) ? { ...this.route, open } : { screen: "today", open });
  }

  close(): void {
    this.go({ ...this.route, open: null });
  }

  #show(route: Route): void {
    // Setting the hash is told to the listener a moment later; that is no change any more.
    if (formatRoute(route) === formatRoute(this.route)) return;
    const after = this.around?.();
    this.route = route;
    this.#keep(route);
    after?.();
  }

  #keep({ screen, filters = "" }: Route): void {
    if (hasFilters(screen)) this.#filters = { ...this.#filters, [screen]: filters };
  }
}
