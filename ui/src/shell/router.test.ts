import { expect, test } from "vitest";

import { formatRoute, panelFor, parseRoute } from "./router.svelte";

const ID = "3f0e9f53-6a0c-4d0a-9f57-0f2c8f4f6b11";

test.each([
  ["", { screen: "today", open: null }],
  ["#/today", { screen: "today", open: null }],
  ["#/connect", { screen: "connect", open: null }],
  [`#/today?open=estimate:${ID}`, { screen: "today", open: { kind: "estimate", id: ID } }],
  [`#/today?open=job:${ID}`, { screen: "today", open: { kind: "job", id: ID } }],
  [`#/today?open=contract:${ID}`, { screen: "today", open: { kind: "contract", id: ID } }],
  // What nobody can show is the list without a panel.
  [`#/today?open=alert:${ID}`, { screen: "today", open: null }],
  [
    `#/alerts?show=all&q=a%26b&open=job:${ID}`,
    { screen: "alerts", filters: "show=all&q=a%26b", open: { kind: "job", id: ID } },
  ],
  ["#/today?show=all", { screen: "today", open: null }],
  ["#/today?open=estimate:1; DROP", { screen: "today", open: null }],
  ["#/schedule", { screen: "schedule", open: null }],
  [`#/schedule/board?zoom=day`, { screen: "schedule", filters: "zoom=day", open: null }],
  [
    `#/schedule/list?crew=${ID}&open=job:${ID}`,
    { screen: "schedule", tab: "list", filters: `crew=${ID}`, open: { kind: "job", id: ID } },
  ],
  ["#/schedule/toString", { screen: "schedule", open: null }],
  ["#/nowhere", { screen: "today", open: null }],
  [`#/connect?open=job:${ID}`, { screen: "connect", open: null }],
  ["#/settings/me", { screen: "settings", tab: "me", open: null }],
  ["#/settings/toString", { screen: "settings", open: null }],
  ["#/today/me", { screen: "today", open: null }],
  ["#/connect/server", { screen: "connect", tab: "server", open: null }],
  [`#/connect/${ID}`, { screen: "connect", tab: ID, open: null }],
  ["#/connect/../today", { screen: "connect", open: null }],
  ["#/constructor", { screen: "today", open: null }],
])("%s", (hash, route) => expect(parseRoute(hash)).toEqual({ tab: null, ...route }));

test("a route is written as it is read", () => {
  for (const hash of [
    "#/today",
    "#/connect",
    "#/settings/company",
    "#/help",
    `#/today?open=job:${ID}`,
    "#/alerts?show=all",
    "#/schedule/rain?date=2026-06-15",
    `#/alerts?show=all&open=crew:${ID}`,
  ])
    expect(formatRoute(parseRoute(hash))).toBe(hash);
});

test("only records with a panel open one", () => {
  expect(panelFor(null)).toBeNull();
  expect(panelFor({ kind: "alert", id: ID })).toBeNull();
  expect(panelFor({ kind: "contract", id: "1; DROP" })).toBeNull();
  expect(panelFor({ kind: "job", id: ID })).toEqual({ kind: "job", id: ID });
});
