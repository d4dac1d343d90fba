import type { RecordRef } from "$/ipc/client";

export type Screen = "today" | "connect";
/** A record that has a panel of its own. */
export type Opened = { kind: "estimate" | "job"; id: string };
export type Route = { screen: Screen; open: Opened | null };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** "#/today?open=estimate:UUID". What cannot be read is the home screen. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  const screen: Screen = path === "/connect" ? "connect" : "today";
  const [kind, id = ""] = (new URLSearchParams(query).get("open") ?? "").split(":");
  const open = (kind === "estimate" || kind === "job") && UUID.test(id) ? ({ kind, id } as const) : null;
  return { screen, open: screen === "today" ? open : null };
}

export function formatRoute(route: Route): string {
  const open = route.open ? `?open=${route.open.kind}:${route.open.id}` : "";
  return `#/${route.screen}${open}`;
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

  screen(screen: Screen): void {
    this.go({ screen, open: null });
  }

  open(open: Opened): void {
    this.go({ screen: "today", open });
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
