/** Every screen that has a route, as its heading, the window's title and the sidebar call it. */
export const SCREENS = {
  today: "Today",
  schedule: "Schedule",
  crew: "Crew & equipment",
  alerts: "Alerts",
  changes: "Recent changes",
  settings: "Settings",
  help: "Help",
  connect: "Connection",
} as const;
export type Screen = keyof typeof SCREENS;

export const SETTINGS_TABS = {
  me: "Me",
  company: "Company",
  computer: "This computer",
  appearance: "Appearance",
  shortcuts: "Shortcuts",
  connections: "Connections",
} as const;
export type SettingsTab = keyof typeof SETTINGS_TABS;

export const SCHEDULE_TABS = {
  board: "Board",
  week: "Week",
  month: "Month",
  list: "List",
  outside: "To look at",
  rain: "Rain-out",
  messages: "Customers to tell",
} as const;
export type ScheduleTab = keyof typeof SCHEDULE_TABS;

export const CREW_TABS = {
  people: "People",
  crews: "Crews",
  machines: "Machines",
  closed: "Closed days",
  certificates: "Certificates",
} as const;
export type CrewTab = keyof typeof CREW_TABS;

/** Beside these a record can be open. */
const WITH_PANEL: ReadonlySet<Screen> = new Set<Screen>(["today", "schedule", "crew", "alerts", "changes"]);
/** These have lists that can be narrowed. */
const WITH_FILTERS: ReadonlySet<Screen> = new Set<Screen>(["schedule", "crew", "alerts", "changes"]);

export function hasPanel(screen: Screen): boolean {
  return WITH_PANEL.has(screen);
}

export function hasFilters(screen: Screen): boolean {
  return WITH_FILTERS.has(screen);
}

export function isScreen(name: string): name is Screen {
  return Object.hasOwn(SCREENS, name);
}

export function isScheduleTab(name: string | null): name is ScheduleTab {
  return name !== null && Object.hasOwn(SCHEDULE_TABS, name);
}

export function isCrewTab(name: string | null): name is CrewTab {
  return name !== null && Object.hasOwn(CREW_TABS, name);
}

export function isSettingsTab(name: string | null): name is SettingsTab {
  return name !== null && Object.hasOwn(SETTINGS_TABS, name);
}
