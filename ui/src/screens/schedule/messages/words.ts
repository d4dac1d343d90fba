import type { CustomerMessage } from "$/ipc/client";
import { plain, shorten } from "$/lib/words";

/** In the order they are worked through: who waits by the phone comes first. */
export const CHANNELS = ["phone", "sms", "email"] as const;
export type Channel = (typeof CHANNELS)[number];

/** A way nobody here knows is a call: that always works. */
export function channelOf(channel: string): Channel {
  return CHANNELS.find((one) => one === channel) ?? "phone";
}

export const CHANNEL_WORDS: Record<Channel, { one: string; many: string; verb: string; address: string }> = {
  phone: { one: "Call", many: "Calls", verb: "Call", address: "Phone" },
  sms: { one: "Text", many: "Text messages", verb: "Text", address: "Mobile" },
  email: { one: "Email", many: "Emails", verb: "Email", address: "Email address" },
};

export const STATE_WORDS: Record<string, string> = {
  draft: "To tell",
  queued: "Waiting to be sent",
  sent: "Sent",
  done: "Told",
  dropped: "Not told",
};

export function stateWord(state: string): string {
  return Object.hasOwn(STATE_WORDS, state) ? STATE_WORDS[state]! : shorten(state, 30);
}

/** A name made of marks of direction is none. */
export function whom(message: CustomerMessage): string {
  for (const name of [message.to_name, message.job?.customer, message.to_address]) {
    const shown = shorten(name ?? "", 200);
    if (plain(shown).trim() !== "") return shown;
  }
  return "A customer without a name";
}

/** What came of a call. What was noted before stays above it: the third try should know of the first two. */
export function noted(before: string | null, what: string, time: string): string {
  return [before?.trim() ?? "", `${what}, ${time}`].filter(Boolean).join("\n");
}

/** The newest line of what was noted. */
export function lastNote(note: string | null): string | null {
  const lines = (note ?? "").split("\n").filter((line) => line.trim() !== "");
  return lines.at(-1) ?? null;
}
