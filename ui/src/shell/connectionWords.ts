import type { ConnectionState } from "$/ipc/client";
import { clockTime, moment, officeDate } from "$/lib/time";

/** One or two words beside the dot. */
export function connectionWord(state: ConnectionState): string {
  switch (state.kind) {
    case "online":
      return state.read_only ? "Read only" : "Connected";
    case "connecting":
      return "Connecting…";
    case "offline":
      return "No answer";
    case "not_configured":
      return "Not connected";
    case "who_are_you":
      return "Who are you?";
    case "needs_migration":
      return "Needs setting up";
  }
}

/** The whole of it, for a tooltip. */
export function connectionSentence(state: ConnectionState): string {
  switch (state.kind) {
    case "online": {
      const who = `as ${state.person.name}${state.person_is_proven ? "" : " (as said on this computer)"}`;
      const may = state.read_only ? " Nothing can be changed from here." : "";
      return `Connected to ${state.database} on ${state.server} ${who}.${may}`;
    }
    case "connecting":
      return "Connecting to the office database.";
    case "offline":
      return "The office database does not answer. Trying again by itself.";
    case "not_configured":
      return "This computer is not connected to an office database yet.";
    case "who_are_you":
      return "Connected. Say who you are to go on.";
    case "needs_migration":
      return "The database has to be set up or brought up to date first.";
  }
}

/** "The office database has not answered since 7:42 AM. Trying again by itself." */
export function offlineSentence(since: string, zone: string, now: Date): string {
  const today = officeDate(now, zone);
  const when = officeDate(since, zone) === today ? clockTime(since, zone) : moment(since, zone, today);
  return `The office database has not answered${when ? ` since ${when}` : ""}. Trying again by itself.`;
}
