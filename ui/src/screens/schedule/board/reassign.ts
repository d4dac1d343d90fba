import type { Reassign, Schedule, ScheduleJob } from "$/ipc/client";

/**
 * Who is on a job once one of its rows is replaced by another: a crew takes its people with it. What the office saves
 * is its own reckoning; this is what stands on the board until it has answered.
 */
export function reassigned(
  job: ScheduleJob,
  change: Reassign | null,
  data: Pick<Schedule, "crews"> | null,
): Pick<ScheduleJob, "crews" | "people" | "machines"> {
  const { crews, people, machines } = job;
  if (!change) return { crews, people, machines };
  const swap = (ids: string[]) => [
    ...new Set([...ids.filter((id) => id !== change.from), ...(change.to === null ? [] : [change.to])]),
  ];
  switch (change.kind) {
    case "machine":
      return { crews, people, machines: swap(machines) };
    case "person":
      return { crews, people: swap(people), machines };
    case "crew": {
      const members = (id: string | null) => data?.crews.find((crew) => crew.id === id)?.members ?? [];
      const [gone, come] = [new Set(members(change.from)), members(change.to)];
      return {
        crews: swap(crews),
        people: [...new Set([...people.filter((id) => !gone.has(id)), ...come])],
        machines,
      };
    }
  }
}
