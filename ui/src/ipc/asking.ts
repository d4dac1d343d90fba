import type { AppError, commands } from "./bindings";

/*
  Most of what the window asks of the core is one command with the same arguments and the same answer. Such commands are
  named here once; their types follow from the generated bindings.
*/

/** The board, the calendars, the list, the tray. */
export const SCHEDULING = [
  "schedule",
  "moveJobs",
  "setJobStatus",
  "pinJobs",
  "checkJobs",
  "unscheduled",
  "jobList",
  "scheduleClashes",
  "savedViews",
  "saveView",
  "deleteView",
  "offlineCopy",
  "openDaySheet",
  "openWeekPlan",
  "exportCalendar",
  "exportJobs",
] as const;

/** One job, and what other programs entered. */
export const JOBS = [
  "jobEdit",
  "jobSeed",
  "createJob",
  "createJobs",
  "saveJob",
  "jobSpan",
  "contractChoices",
  "jobHistory",
  "outside",
  "markLookedAt",
  "matchName",
  "joinMoved",
] as const;

/** Rain-out, and the customers to tell. */
export const RAIN = [
  "planRainOut",
  "checkRainOut",
  "applyRainOut",
  "customerMessages",
  "saveMessage",
] as const;

/** Crew and equipment. */
export const CREW = [
  "roster",
  "personRecord",
  "crewRecord",
  "machineRecord",
  "resourceJobs",
  "savePerson",
  "saveCrew",
  "saveMachine",
  "saveMembership",
  "removeMembership",
  "moveToCrew",
  "saveTimeOff",
  "removeTimeOff",
  "closedDays",
  "certificateOverview",
  "saveRequirements",
  "emergencyContact",
  "saveEmergencyContact",
] as const;

export const ASKED = [...SCHEDULING, ...JOBS, ...RAIN, ...CREW] as const;

type Commands = typeof commands;
type Answer<D> = { status: "ok"; data: D } | { status: "error"; error: AppError };
type DataOf<R> = R extends Promise<Answer<infer D>> ? D : never;

/** These commands, as methods that give their data or throw. */
export type Asking<Names extends readonly (keyof Commands)[]> = {
  [K in Names[number]]: (...args: Parameters<Commands[K]>) => Promise<DataOf<ReturnType<Commands[K]>>>;
};

/** The same, answered at once: what the office in memory is made of. */
export type Answering<Names extends readonly (keyof Commands)[]> = {
  [K in Names[number]]: (...args: Parameters<Commands[K]>) => DataOf<ReturnType<Commands[K]>>;
};
