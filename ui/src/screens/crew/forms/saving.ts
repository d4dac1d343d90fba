import { failed } from "$/components/toast/toast";
import type { AwayEntry, ChangeRef, CrewOutcome, Membership } from "$/ipc/client";
import { asOfficeError } from "$/ipc/errors";
import { shorten } from "$/lib/words";
import type { App } from "$/shell/app.svelte";

/** Says what was saved, with Undo; or that there was nothing to save. */
export function tell(app: App, title: string, change: ChangeRef | null): void {
  if (change) app.undo.offer(title, change);
  else app.announcer.say("Nothing was different.");
}

async function attempt(app: App, act: () => Promise<void>): Promise<void> {
  const why = app.crew.whyNot;
  if (why !== null) return app.announcer.say(why);
  try {
    await act();
  } catch (thrown) {
    const error = asOfficeError(thrown);
    const again = !["version_conflict", "not_found", "invalid", "rights_missing"].includes(error.code);
    failed("Nothing was changed.", {
      error,
      details: () => app.details(error),
      ...(again && { retry: () => void attempt(app, act) }),
    });
    void app.crew.refresh();
  }
}

/** Its row goes, and takes the focus with it: first to where one can go on. */
function leaveRow(selector: string): void {
  const around = document.activeElement?.closest("[data-testid=time-off], [data-testid=memberships]");
  (around ?? document).querySelector<HTMLElement>(selector)?.focus();
}

/** Takes time off back; Undo brings it again. */
export function removeOff(app: App, entry: AwayEntry, title: string): Promise<void> {
  leaveRow("[data-testid=time-off-add], [data-testid=crew-add]");
  return attempt(app, async () =>
    tell(app, title, (await app.office.removeTimeOff(entry.id, entry.version)).change),
  );
}

/** Takes back that somebody will be in a crew. */
export function removeMembership(app: App, entry: Membership): Promise<void> {
  // The menu gives the focus back to its button first.
  requestAnimationFrame(() => leaveRow("[data-testid=memberships-add]"));
  return attempt(app, async () => {
    const outcome = await app.office.removeMembership(entry.id, entry.version);
    if (outcome.kind === "clashes") return app.announcer.alarm(clashSentence(outcome));
    const name = shorten(entry.person_name, 60);
    tell(app, `${name} will not join ${shorten(entry.crew_name, 60)}`, outcome.saved.change);
  });
}

export function clashSentence({ clashes }: Extract<CrewOutcome, { kind: "clashes" }>): string {
  const [first] = clashes;
  return first
    ? `${shorten(first.resource_name, 60)} would be on two jobs at once. Nothing was changed.`
    : "Somebody would be on two jobs at once. Nothing was changed.";
}
