import type { Schedule } from "$/ipc/client";
import { shorten } from "$/lib/words";

import { jobName, jobSentence } from "../calendar/words";
import type { Bar } from "./layout";
import { marksOf, statusMark, type Mark } from "./marks";
import { barTime } from "./words";

/** What a bar shows, by how much room it has. Reckoned in one piece: there are hundreds of them. */
export type Face = {
  name: string;
  label: string;
  marks: Mark[];
  /** All there is room for: that it clashes, or how it stands. */
  only: Mark | null;
  status: string | null;
  /** In so little room the name may go on in the second line. */
  wraps: boolean;
  /** Cut off without dots. */
  clipped: boolean;
  narrow: boolean;
  time: string | null;
  address: string | null;
};

/** Left of the text and right of it. */
const EDGES = 14;
const MARK = 17;

export function faceOf(bar: Bar, lines: 1 | 2, zone: string, data: Schedule | null): Face {
  const { job } = bar;
  const inner = bar.width - EDGES;
  const clashing = job.clashes > 0;
  const wraps = lines === 2 && inner >= 22 && inner < 56;
  // Three letters still say who it is; fewer say nothing, and no name comes before a clash.
  const tiny = inner < (lines === 2 ? 22 : clashing ? 34 : 8);
  // A clash has its mark wherever there is room for one.
  const room = Math.max(
    clashing && (wraps || inner >= 34) ? 1 : 0,
    Math.min(4, Math.floor((inner - 64) / MARK)),
  );
  return {
    name: jobName(job),
    label: jobSentence(job, zone, data),
    marks: room > 0 ? marksOf(job, bar.folded).slice(0, room) : [],
    only: !tiny
      ? null
      : clashing
        ? { name: "clash", tone: "text-bad" }
        : { name: statusMark(job.status), tone: "text-(--edge)" },
    // From where a name stands in one line: a job of eight hours is to look like one of ten.
    status: inner >= (clashing ? 74 : 56) ? statusMark(job.status) : null,
    wraps,
    clipped: inner < 40,
    narrow: inner < 24,
    time: lines === 2 && inner >= 34 ? barTime(job, inner >= 200, zone) : null,
    address: inner >= 110 ? shorten(job.address.replace(/\s+/g, " "), 80) : null,
  };
}
