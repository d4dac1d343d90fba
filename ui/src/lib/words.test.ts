import { expect, test } from "vitest";

import { changeSentence, count, initials, label, plain, shorten } from "./words";

test("codes become words, what a person typed stays", () => {
  expect(["in_progress", "scheduled", "weather_hold", "Bob's <special>"].map(label)).toEqual([
    "In progress",
    "Scheduled",
    "Weather hold",
    "Bob's <special>",
  ]);
});

test("counts have their noun", () => {
  expect([count(1, "job"), count(0, "job"), count(1204, "clash", "clashes")]).toEqual([
    "1 job",
    "0 jobs",
    "1,204 clashes",
  ]);
});

test("marks of direction are taken out, letters and line ends are not", () => {
  expect(plain("\u202eevil\u202c \u2067שלום\u2069 a\nb\tc\u0000")).toBe("evil שלום a\nb\tc");
});

test("shortening never leaves half a character", () => {
  expect(shorten("🚧🚧🚧", 3)).toBe("🚧…");
  expect(shorten("x".repeat(10_000))).toHaveLength(241);
  expect(shorten("short")).toBe("short");
});

test("initials of any name", () => {
  expect(["Paving 1", "Ray", "", "🚧 Crew", "  "].map(initials)).toEqual(["P1", "Ra", "?", "🚧C", "?"]);
});

test("history reads as sentences", () => {
  expect(changeSentence({ by: "Dana", source: "manual_admin", change: "rescheduled" })).toEqual({
    by: "Dana",
    did: "moved this job",
  });
  expect(changeSentence({ by: "", source: "calendly_webhook", change: "canceled" })).toEqual({
    by: "Somebody",
    did: "canceled this job through Calendly",
  });
  expect(changeSentence({ by: "x", source: "erp", change: "tack_coat_added" }).did).toBe(
    "tack coat added through Erp",
  );
});
