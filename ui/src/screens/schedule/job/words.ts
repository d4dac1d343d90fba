import { label } from "$/lib/words";

const SOURCES: Record<string, string> = {
  manual_admin: "the office",
  calendly_webhook: "Calendly",
  mobile_app: "the mobile app",
  api: "another program",
  system: "the system",
};

/** Who entered or changed something, when it was not a person here. */
export function sourceWord(source: string): string {
  return Object.hasOwn(SOURCES, source) ? (SOURCES[source] ?? source) : label(source);
}
