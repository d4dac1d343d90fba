import { grouped } from "$/lib/words";

/** The core counts to ten thousand. */
export function unreadCount(unread: number): string {
  return unread >= 10_000 ? "9,999+" : grouped(unread);
}
