import type { App } from "$/shell/app.svelte";

import { addAlertCommands } from "./alerts";
import { addCrewCommands } from "./crew";
import { addBoardCommands } from "./schedule-board";
import { addJobCommands } from "./schedule-jobs";
import { addRainCommands } from "./schedule-rain";
import { addScheduleViewCommands } from "./schedule-views";

/** The commands of the screens that exist. */
export function addCommands(app: App): void {
  const { registry, router } = app;
  registry.add({
    id: "sidebar.toggle",
    title: "Show or hide the sidebar",
    group: "Window",
    shortcut: "mod+b",
    run: () => app.toggleSidebar(),
  });
  registry.add({
    id: "palette.open",
    title: "Search and commands",
    group: "Help",
    keywords: "find customer job estimate palette",
    shortcut: "mod+k",
    also: ["/"],
    run: () => (app.paletteOpen = true),
  });
  registry.add({
    id: "shortcuts.show",
    title: "Keyboard shortcuts",
    group: "Help",
    keywords: "keys cheat sheet",
    shortcut: "?",
    run: () => (app.sheetOpen = true),
  });
  registry.add({
    id: "go.today",
    title: "Go to Today",
    group: "Go to",
    keywords: "home start jobs",
    shortcut: "g t",
    run: () => router.screen("today"),
  });
  registry.add({
    id: "go.schedule",
    title: "Go to Schedule",
    group: "Go to",
    keywords: "board calendar jobs crews plan",
    shortcut: "g b",
    run: () => router.screen("schedule"),
  });
  registry.add({
    id: "estimate.notes",
    title: "Edit the notes of this estimate",
    group: "Edit",
    keywords: "write comment",
    shortcut: "shift+n",
    when: () => app.editNotes !== null,
    run: () => app.editNotes?.(),
  });
  registry.add({
    id: "go.alerts",
    title: "Go to Alerts",
    group: "Go to",
    keywords: "inbox notifications messages",
    shortcut: "g a",
    run: () => router.screen("alerts"),
  });
  registry.add({
    id: "go.changes",
    title: "Go to Recent changes",
    group: "Go to",
    keywords: "history log who did undo",
    shortcut: "g r",
    run: () => router.screen("changes"),
  });
  registry.add({
    id: "undo",
    title: "Undo",
    group: "Edit",
    keywords: "take back revert",
    shortcut: "mod+z",
    reason: () => (app.undo.canUndo || app.versions.busy ? null : "There is nothing to undo."),
    run: () => void app.undo.undo(),
  });
  registry.add({
    id: "redo",
    title: "Redo",
    group: "Edit",
    keywords: "do again",
    shortcut: "mod+shift+z",
    also: ["mod+y"],
    reason: () => (app.undo.canRedo ? null : "There is nothing to do again."),
    run: () => void app.undo.redo(),
  });
  registry.add({
    id: "go.settings",
    title: "Go to Settings",
    group: "Go to",
    keywords: "preferences options company me",
    shortcut: "g s",
    run: () => router.screen("settings"),
  });
  registry.add({
    id: "go.connection",
    title: "Go to Connections",
    group: "Go to",
    keywords: "database server local office switch",
    shortcut: "g c",
    run: () => router.screen("settings", "connections"),
  });
  registry.add({
    id: "go.help",
    title: "Go to Help",
    group: "Go to",
    keywords: "how support logs about",
    shortcut: "g h",
    run: () => router.screen("help"),
  });
  registry.add({
    id: "go.back",
    title: "Back",
    group: "Go to",
    shortcut: registry.mac ? "mod+[" : "alt+left",
    run: () => history.back(),
  });
  registry.add({
    id: "go.forward",
    title: "Forward",
    group: "Go to",
    shortcut: registry.mac ? "mod+]" : "alt+right",
    run: () => history.forward(),
  });
  registry.add({
    id: "bell.open",
    title: "Notifications",
    group: "Alerts",
    keywords: "bell unread",
    shortcut: "n",
    run: () => (app.bellOpen = !app.bellOpen),
  });
  registry.add({
    id: "refresh",
    title: "Refresh",
    group: "Window",
    keywords: "reload update again",
    shortcut: "r",
    when: () => app.connection.online,
    run: () => app.refresh(),
  });
  registry.add({
    id: "theme.toggle",
    title: "Switch between light and dark",
    group: "Window",
    keywords: "theme night appearance",
    run: () => app.theme.toggle(),
  });
  addAlertCommands(app);
  addBoardCommands(app);
  addJobCommands(app);
  addCrewCommands(app);
  addScheduleViewCommands(app);
  addRainCommands(app);
}
