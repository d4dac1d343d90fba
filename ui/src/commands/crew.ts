import type { App } from "$/shell/app.svelte";

/** Crew and equipment: going there, and adding to it from anywhere. */
export function addCrewCommands({ registry, router, crew, connection }: App): void {
  registry.add({
    id: "go.crew",
    title: "Go to Crew & equipment",
    group: "Go to",
    keywords: "people crews machines certificates holidays employees staff",
    shortcut: "g e",
    run: () => router.screen("crew"),
  });
  registry.add({
    id: "go.certificates",
    title: "Certificates that expire next",
    group: "Go to",
    keywords: "crew license cdl osha flagger expiring",
    run: () => router.screen("crew", "certificates"),
  });
  const group = "Crew & equipment";
  const reason = () => crew.whyNot;
  const when = () => connection.online;
  registry.add({
    id: "crew.addPerson",
    title: "Add a person to the crew",
    group,
    keywords: "new hire employee worker",
    when,
    reason,
    run: () => crew.ask({ kind: "person" }),
  });
  registry.add({
    id: "crew.addCrew",
    title: "Add a crew",
    group,
    keywords: "new team",
    when,
    reason,
    run: () => crew.ask({ kind: "crew" }),
  });
  registry.add({
    id: "crew.addMachine",
    title: "Add a machine",
    group,
    keywords: "new equipment truck roller paver",
    when,
    reason,
    run: () => crew.ask({ kind: "machine" }),
  });
  registry.add({
    id: "crew.addClosedDay",
    title: "Add a holiday or rain day",
    group,
    keywords: "closed day off vacation weather",
    when,
    reason,
    run: () => crew.ask({ kind: "time-off", of: null, entry: null }),
  });
}
