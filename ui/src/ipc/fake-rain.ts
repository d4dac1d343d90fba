import type { Answering, RAIN } from "./asking";
import type { FakeSchedule } from "./fake-schedule";

type Part = Answering<typeof RAIN>;

const missing = (): never => {
  throw new Error("not in the office in memory");
};

/** Rain-outs in the office in memory. */
export class FakeRain implements Part {
  constructor(private readonly board: FakeSchedule) {}

  planRainOut: Part["planRainOut"] = missing;
  checkRainOut: Part["checkRainOut"] = missing;
  applyRainOut: Part["applyRainOut"] = missing;
  customerMessages: Part["customerMessages"] = missing;
  saveMessage: Part["saveMessage"] = missing;
}
