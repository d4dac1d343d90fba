import type { App } from "$/shell/app.svelte";

/** The commands of the screens that exist. */
export function addCommands(app: App): void {
  const { registry, router } = app;
  registry.add({
    id: "sidebar.toggle",
    title: "Show or hide the sidebar",
    shortcut: "mod+b",
    run: () => app.toggleSidebar(),
  });
  registry.add({ id: "go.today", title: "Go to Today", shortcut: "g t", run: () => router.screen("today") });
  registry.add({
    id: "go.settings",
    title: "Go to Settings",
    shortcut: "g s",
    run: () => router.screen("settings"),
  });
  registry.add({
    id: "go.connection",
    title: "Go to Connections",
    shortcut: "g c",
    run: () => router.screen("settings", "connections"),
  });
  registry.add({ id: "go.help", title: "Go to Help", shortcut: "g h", run: () => router.screen("help") });
  registry.add({
    id: "go.back",
    title: "Back",
    shortcut: registry.mac ? "mod+[" : "alt+left",
    run: () => history.back(),
  });
  registry.add({
    id: "go.forward",
    title: "Forward",
    shortcut: registry.mac ? "mod+]" : "alt+right",
    run: () => history.forward(),
  });
  registry.add({
    id: "bell.open",
    title: "Notifications",
    shortcut: "n",
    run: () => (app.bellOpen = !app.bellOpen),
  });
  registry.add({
    id: "refresh",
    title: "Refresh",
    shortcut: "r",
    when: () => app.connection.online,
    run: () => app.refresh(),
  });
  registry.add({ id: "theme.toggle", title: "Switch between light and dark", run: () => app.theme.toggle() });
}
