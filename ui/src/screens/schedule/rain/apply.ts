import type { ChangeRef } from "$/ipc/client";
import { count } from "$/lib/words";

import { settle } from "../outcome.svelte";
import type { ScheduleStore } from "../schedule.svelte";
import { agreed } from "./edits";
import type { RainStore } from "./rain.svelte";
import { placeWords } from "./words";

/** Applies the plan as one change. Undefined: nothing was saved; null: it was, and nothing differed. */
export async function applyPlan(
  rain: RainStore,
  store: ScheduleStore,
): Promise<ChangeRef | null | undefined> {
  const { rows, request, schedule } = rain;
  const moving = rows.filter((row) => row.takes);
  const names = new Map(schedule?.crews.map((crew) => [crew.id, crew.name]));
  const wanted = new Map(
    moving.map((row) => [row.job.id, placeWords(row.place!, names, store.zone, store.today)] as const),
  );
  const title =
    moving.length > 0
      ? `Rain-out: ${count(moving.length, "job")} moved`
      : `Rain ${request.days.length === 1 ? "day" : "days"} recorded`;
  let change: ChangeRef | null = null;
  rain.applying = true;
  try {
    const end = await settle(
      async ({ overrideReason, versions, reason }) => {
        const outcome = await store.office.applyRainOut({
          request,
          moves: agreed(rows, versions),
          reason: reason ?? rain.reason.trim(),
          override_reason: overrideReason,
        });
        if (outcome.kind === "done") change = outcome.change;
        return outcome;
      },
      { title, jobs: wanted },
    );
    if (end !== "done") return undefined;
    rain.finish();
    return change;
  } finally {
    rain.applying = false;
  }
}
