import { expect, test } from "vitest";

import { formatRoute, panelFor, parseRoute } from "./router.svelte";

const ID = "3f0e9f53-6a0c-4d0a-9f57-0f2c8f4f6b11";

test.each([
  ["", { screen: "today", open: null }],
  ["#/today", { screen: "today", open: null }],
  ["#/connect", { screen: "connect", open: null }],
  [`#/today?open=estimate:${ID}`, { screen: "today", open: { kind: "estimate", id: ID } }],
  [`#/today?open=job:${ID}`, { screen: "today", open: { kind: "job", id: ID } }],
  // What nobody can show is the list without a panel.
  [`#/today?open=contract:${ID}`, { screen: "today", open: null }],
  ["#/today?open=estimate:1; DROP", { screen: "today", open: null }],
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
  for (const hash of ["#/today", "#/connect", "#/settings/company", "#/help", `#/today?open=job:${ID}`])
    expect(formatRoute(parseRoute(hash))).toBe(hash);
});

test("only records with a panel open one", () => {
  expect(panelFor(null)).toBeNull();
  expect(panelFor({ kind: "contract", id: ID })).toBeNull();
  expect(panelFor({ kind: "job", id: ID })).toEqual({ kind: "job", id: ID });
});
