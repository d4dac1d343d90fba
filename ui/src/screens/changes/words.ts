import type { Change } from "$/ipc/client";
import { label, shorten } from "$/lib/words";

const sources: Record<string, string> = {
  manual_admin: "in the office",
  calendly_webhook: "through Calendly",
  mobile_app: "with the mobile app",
  api: "through another program",
  system: "by the program itself",
};

/** "in the office, on FRONT-DESK". A program that is named already is not named twice. */
export function whereFrom(change: Pick<Change, "by" | "source" | "computer">): string {
  const known = sources[change.source] ?? "";
  const named = change.source !== "manual_admin" && known.toLowerCase().endsWith(change.by.toLowerCase());
  if (named && change.by !== "") return change.computer ? `on ${shorten(change.computer, 60)}` : "";
  const source = sources[change.source] ?? `through ${shorten(label(change.source), 60)}`;
  return change.computer ? `${source}, on ${shorten(change.computer, 60)}` : source;
}

/** Whether anybody could have said they were this person. */
export function whoWords(change: Pick<Change, "by" | "proven" | "source">): {
  name: string;
  sure: string;
} {
  const name = shorten(change.by, 80).trim() || "Somebody";
  if (change.source !== "manual_admin") return { name, sure: "That is what the program called itself." };
  return {
    name,
    sure: change.proven
      ? "Sure: they were logged in with their own login."
      : "Not proven: whoever was at the computer had said they were this person.",
  };
}
