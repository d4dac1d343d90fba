import type { Answering, SCHEDULING } from "./asking";

type Part = Answering<typeof SCHEDULING>;

const missing = (): never => {
  throw new Error("not in the office in memory");
};

/** The schedule of the office in memory. */
export class FakeSchedule implements Part {
  /** Called after every change. */
  changed: () => void = () => undefined;

  schedule: Part["schedule"] = missing;
  moveJobs: Part["moveJobs"] = missing;
  setJobStatus: Part["setJobStatus"] = missing;
  pinJobs: Part["pinJobs"] = missing;
  checkJobs: Part["checkJobs"] = missing;
  unscheduled: Part["unscheduled"] = missing;
  jobList: Part["jobList"] = missing;
  scheduleClashes: Part["scheduleClashes"] = missing;
  savedViews: Part["savedViews"] = missing;
  saveView: Part["saveView"] = missing;
  deleteView: Part["deleteView"] = missing;
  openDaySheet: Part["openDaySheet"] = missing;
  openWeekPlan: Part["openWeekPlan"] = missing;
  exportCalendar: Part["exportCalendar"] = missing;
  exportJobs: Part["exportJobs"] = missing;
}
