import type { RecordRef } from "$/ipc/client";

import { hasPanel, isScreen, isSettingsTab, type Screen } from "./screens";

export type { Screen } from "./screens";
/** A record that has a panel of its own. */
export type Opened = { kind: "estimate" | "job"; id: string };
/** `tab`: a part of the screen with a route of its own: a tab of Settings, a step of Connect. */
export type Route = { screen: Screen; tab?: string | null; open: Opened | null };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isId(text: string): boolean {
  return UUID.test(text);
}

/** "#/today?open=estimate:UUID", "#/settings/me". What cannot be read is the home screen. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  const [, name = "", part = ""] = path.split("/");
  const screen: Screen = isScreen(name) ? name : "today";
  const [kind, id = ""] = (new URLSearchParams(query).get("open") ?? "").split(":");
  const open = (kind === "estimate" || kind === "job") && isId(id) ? ({ kind, id } as const) : null;
  return { screen, tab: knownTab(screen, part), open: hasPanel(screen) ? open : null };
}

function knownTab(screen: Screen, part: string): string | null {
  if (screen === "settings") return isSettingsTab(part) ? part : null;
  // A step of connecting, or the saved connection to change.
  if (screen === "connect") return part === "local" || part === "server" || isId(part) ? part : null;
  return null;
}

export function formatRoute(route: Route): string {
  const tab = route.tab ? `/${route.tab}` : "";
  const open = route.open ? `?open=${route.open.kind}:${route.open.id}` : "";
  return `#/${route.screen}${tab}${open}`;
}

/** The panel for a record, where there is one. */
export function panelFor(about: RecordRef | null): Opened | null {
  return about && (about.kind === "estimate" || about.kind === "job")
    ? { kind: about.kind, id: about.id }
    : null;
}

export class Router {
  route = $state.raw<Route>(parseRoute(location.hash));
  /** Called right before the route changes; what it returns is called when the new one is on screen. */
  around: (() => (() => void) | undefined) | null = null;

  constructor() {
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
    this.go({ screen, tab, open: null });
  }

  /** Beside the list that is on screen; where there is none, on Today. */
  open(open: Opened): void {
    const { screen, tab } = this.route;
    this.go(hasPanel(screen) ? { screen, tab, open } : { screen: "today", open });
  }

  close(): void {
    this.go({ ...this.route, open: null });
  }

  #show(route: Route): void {
    // Setting the hash is told to the listener a moment later; that is no change any more.
    if (formatRoute(route) === formatRoute(this.route)) return;
    const after = this.around?.();
    this.route = route;
    after?.();
  }
}
