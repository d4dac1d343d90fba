import type { ConnectionState, SavedConnection } from "$/ipc/client";
import { clockTime, moment, officeDate } from "$/lib/time";

/** One or two words beside the dot. */
export function connectionWord(state: ConnectionState): string {
  switch (state.kind) {
    case "online":
      return state.read_only ? "Read only" : "Connected";
    case "connecting":
      return state.step ?? "Connecting…";
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

export const READ_ONLY = "Nothing can be changed from here: the database asks for a newer Neff Office.";

/** Each state has a shape of its own, not only a color: full, ring, broken ring. */
export function dotOf(state: ConnectionState): string {
  switch (state.kind) {
    case "online":
      return "bg-good border-good";
    case "connecting":
      return "border-muted border-dashed animate-spin";
    case "offline":
      return "border-bad bg-transparent border-[3px]";
    default:
      return "border-warn border-[3px]";
  }
}

/** Beside the dot of the connection in use. */
export function stateWord(state: ConnectionState): string {
  return state.kind === "online" && !state.read_only ? "In use" : connectionWord(state);
}

/** "neff_paving_admin on office-server, as neff_app". */
export function placeOf(saved: SavedConnection): string {
  if (saved.kind === "local") return "On this computer";
  const port = saved.port === 5432 ? "" : `, port ${saved.port}`;
  return `${saved.database} on ${saved.host}${port}, as ${saved.login}`;
}

/** How sure the program is of it. */
export function whoSentence(state: ConnectionState & { kind: "online" }): string {
  if (state.person_is_proven) return "Your own login shows it.";
  if (state.local) return "As said when the office was made.";
  return "As said on this computer: the login is shared, so it proves nothing.";
}

/** The whole of it, for a tooltip. */
export function connectionSentence(state: ConnectionState): string {
  switch (state.kind) {
    case "online": {
      const who = `as ${state.person.name}${state.person_is_proven ? "" : " (as said on this computer)"}`;
      const may = state.read_only ? ` ${READ_ONLY}` : "";
      return `Connected to ${state.connection_name} ${who}.${may}`;
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
