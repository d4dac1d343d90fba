import { ClashTour } from "$/screens/schedule/clashes/tour.svelte";
import { instantAt } from "$/screens/schedule/calendar/clock";
import { listDialogOf } from "$/screens/schedule/list/dialogs.svelte";
import { papersOf } from "$/screens/schedule/papers/papers.svelte";
import { trayOf } from "$/screens/schedule/tray/tray.svelte";
import { stepDate } from "$/screens/schedule/span";
import { viewsOf } from "$/screens/schedule/views/saved.svelte";
import { minutesOf } from "$/lib/times";
import type { App } from "$/shell/app.svelte";
import { SCHEDULE_TABS, type ScheduleTab } from "$/shell/screens";

const GROUP = "Schedule";
const CALENDARS: ReadonlySet<ScheduleTab> = new Set<ScheduleTab>(["board", "week", "month"]);

/** Which part of the schedule is shown, how, and what can be made of it. */
export function addScheduleViewCommands(app: App): void {
  const { registry, router, schedule: store } = app;
  const tour = new ClashTour(app);
  const papers = papersOf(app);
  const views = viewsOf(app);
  const here = () => router.route.screen === "schedule";
  const onCalendar = () => here() && CALENDARS.has(store.tab);
  const inList = () => here() && store.tab === "list";

  /** To the schedule first, where the person is somewhere else. */
  function there(tab: ScheduleTab): void {
    const part = tab === "board" ? null : tab;
    if (here()) router.part(part);
    else router.screen("schedule", part);
  }

  function step(by: 1 | -1): void {
    const date = stepDate(store.tab, store.filters, store.today, by);
    store.setFilters({ date: date === store.today ? null : date });
  }

  registry.add({
    id: "schedule.today",
    title: "Show today",
    group: GROUP,
    keywords: "now this week",
    shortcut: "t",
    when: onCalendar,
    run: () => store.setFilters({ date: null }),
  });
  registry.add({
    id: "schedule.earlier",
    title: "Show the days before",
    group: GROUP,
    keywords: "previous back week month",
    shortcut: "[",
    when: onCalendar,
    run: () => step(-1),
  });
  registry.add({
    id: "schedule.later",
    title: "Show the days after",
    group: GROUP,
    keywords: "next forward week month",
    shortcut: "]",
    when: onCalendar,
    run: () => step(1),
  });
  const keys: Partial<Record<ScheduleTab, string>> = { board: "1", week: "2", month: "3", list: "4" };
  const words: Partial<Record<ScheduleTab, string>> = {
    board: "crews people machines drag",
    week: "calendar seven days",
    month: "calendar",
    list: "table all jobs sort group",
    outside: "from outside calendly mobile app new jobs",
  };
  for (const tab of ["board", "week", "month", "list", "outside"] as const)
    registry.add({
      id: `schedule.${tab}`,
      title: `Schedule: ${SCHEDULE_TABS[tab]}`,
      group: GROUP,
      keywords: words[tab],
      ...(keys[tab] && { shortcut: keys[tab], when: here }),
      run: () => there(tab),
    });
  registry.add({
    id: "schedule.night",
    title: "Show or hide the hours of the night",
    group: GROUP,
    keywords: "24 hours night work axis",
    when: () => onCalendar() && store.tab !== "month",
    run: () => store.setFilters({ night: !store.filters.night }),
  });
  registry.add({
    id: "schedule.nextClash",
    title: "Go to the next clash",
    group: GROUP,
    keywords: "double booking conflict overlap",
    shortcut: "c",
    when: here,
    run: () => void tour.next(),
  });
  registry.add({
    id: "schedule.newJob",
    title: "New job",
    group: GROUP,
    keywords: "add create book schedule",
    shortcut: "mod+n",
    when: here,
    reason: () => store.whyNot,
    run: () => {
      // Where the keys are, else the day that is shown.
      const at = store.acting?.here?.() ?? null;
      const date = at?.date ?? store.filters.date;
      const from = minutesOf(store.data?.hours.from ?? "07:00");
      const start = date === null || !CALENDARS.has(store.tab) ? null : instantAt(date, from, store.zone);
      store.newJob({ contract_id: null, copy_of: null, start, end: null, resource: at?.resource ?? null });
    },
  });
  registry.add({
    id: "schedule.tray",
    title: "Show or hide the work to schedule",
    group: GROUP,
    keywords: "tray unscheduled waiting approved contracts",
    shortcut: "w",
    when: onCalendar,
    run: () => trayOf(app).toggle(),
  });
  registry.add({
    id: "schedule.saveView",
    title: "Save this view of the schedule…",
    group: GROUP,
    keywords: "filters name bookmark",
    when: here,
    reason: () => store.whyNot,
    run: () => (views.naming = true),
  });
  registry.add({
    id: "schedule.listDates",
    title: "Choose the days of the list…",
    group: GROUP,
    keywords: "from until range dates",
    when: inList,
    run: () => (listDialogOf(app).dates = true),
  });

  const make = "print paper pdf export outlook google apple excel";
  registry.add({
    id: "schedule.daySheets",
    title: "Day sheets…",
    group: GROUP,
    keywords: `crew sheet tomorrow ${make}`,
    shortcut: "mod+p",
    when: here,
    run: () => (papers.asking = "day"),
  });
  registry.add({
    id: "schedule.weekPlan",
    title: "Week plan…",
    group: GROUP,
    keywords: make,
    when: here,
    run: () => (papers.asking = "week"),
  });
  registry.add({
    id: "schedule.calendarFile",
    title: "Calendar file (ICS)…",
    group: GROUP,
    keywords: make,
    when: here,
    run: () => (papers.asking = "calendar"),
  });
  registry.add({
    id: "schedule.spreadsheet",
    title: "Spreadsheet (CSV)…",
    group: GROUP,
    keywords: make,
    when: here,
    run: () => void papers.spreadsheet(),
  });
}
