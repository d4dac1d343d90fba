import type { Answering, JOBS } from "./asking";
import type { FakeSchedule } from "./fake-schedule";

type Part = Answering<typeof JOBS>;

const missing = (): never => {
  throw new Error("not in the office in memory");
};

/** Editing jobs in the office in memory. */
export class FakeJobs implements Part {
  constructor(private readonly board: FakeSchedule) {}

  jobEdit: Part["jobEdit"] = missing;
  jobSeed: Part["jobSeed"] = missing;
  createJob: Part["createJob"] = missing;
  saveJob: Part["saveJob"] = missing;
  jobSpan: Part["jobSpan"] = missing;
  contractChoices: Part["contractChoices"] = missing;
  jobHistory: Part["jobHistory"] = missing;
  outside: Part["outside"] = missing;
  markLookedAt: Part["markLookedAt"] = missing;
  matchName: Part["matchName"] = missing;
  joinMoved: Part["joinMoved"] = missing;
}
