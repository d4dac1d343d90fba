import { openMessages } from "$/screens/schedule/messages/messages.svelte";
import { databaseOf, rainOf } from "$/screens/schedule/rain/rain.svelte";
import type { App } from "$/shell/app.svelte";

/** A rain-out, and the customers to tell. */
export function addRainCommands(app: App): void {
  const { registry, router, connection, schedule } = app;
  const group = "Schedule";
  const rain = () => rainOf(schedule, databaseOf(connection.state));
  const here = () => router.route.screen === "schedule" && router.route.tab === "rain";
  registry.add({
    id: "schedule.rain",
    title: "Rain-out",
    group,
    keywords: "weather rained wet postpone move all day plan",
    shortcut: "g o",
    run: () => router.screen("schedule", "rain"),
  });
  registry.add({
    id: "schedule.messages",
    title: "Customers to tell",
    group,
    keywords: "call list phone messages drafts texts emails rain",
    shortcut: "g l",
    run: () => openMessages(schedule, app),
  });
  registry.add({
    id: "schedule.rainApply",
    title: "Apply the rain-out",
    group,
    shortcut: "mod+enter",
    when: () => here() && rain().acting !== null,
    run: () => rain().acting?.apply(),
  });
}
