import { PLAIN, queryOf } from "$/screens/alerts/filters";
import type { App } from "$/shell/app.svelte";

/** What can be done in the inbox, also while nothing in it has the focus. */
export function addAlertCommands({ registry, inbox, reading, router, connection }: App): void {
  const here = () => router.route.screen === "alerts" && inbox.acting !== null;
  const group = "Alerts";
  registry.add({
    id: "alerts.markAllRead",
    title: "Mark all alerts as read",
    group,
    keywords: "clear inbox notifications",
    when: () => connection.online,
    run: () =>
      here() ? inbox.acting?.markAll() : void reading.all({ ...queryOf(PLAIN), after: null, limit: 200 }),
  });
  const keys: [string, string, string, () => void][] = [
    ["alerts.next", "Next alert", "j", () => inbox.acting?.move(1)],
    ["alerts.previous", "Previous alert", "k", () => inbox.acting?.move(-1)],
    ["alerts.select", "Select the alert", "x", () => inbox.acting?.select()],
    ["alerts.markRead", "Mark as read", "e", () => inbox.acting?.mark(true)],
    ["alerts.markUnread", "Mark as unread", "u", () => inbox.acting?.mark(false)],
  ];
  for (const [id, title, shortcut, run] of keys)
    registry.add({ id, title, group, shortcut, when: here, run });
}
