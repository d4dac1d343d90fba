import { expect, test } from "vitest";

import { boardJob } from "$/ipc/fake-board";
import { ZONE } from "$/ipc/fake-data";

import { faceOf } from "./face";

const face = (inner: number, lines: 1 | 2, clashes = 0) =>
  faceOf(
    {
      ...{ x: 0, width: inner + 14, before: false, after: false, folded: false, lane: 0 },
      job: { ...boardJob(1), status: "confirmed", clashes },
    },
    lines,
    ZONE,
    null,
  );
const only = (inner: number, lines: 1 | 2, clashes = 0) => face(inner, lines, clashes).only?.name ?? null;

test("what has no room for a name shows one mark: how it stands, or that it clashes", () => {
  expect([only(-2, 2), only(21, 2), only(22, 2)]).toEqual(["confirmed", "confirmed", null]);
  expect([only(21, 2, 1), only(22, 2, 1)]).toEqual(["clash", null]);
  expect(face(22, 2, 1).marks.map(({ name }) => name)).toEqual(["clash"]);
  // In one line three letters are a name.
  expect([only(7, 1), only(10, 1), only(10, 1, 1), only(34, 1, 1)]).toEqual([
    "confirmed",
    null,
    "clash",
    null,
  ]);
  expect(face(34, 1, 1).marks.map(({ name }) => name)).toEqual(["clash"]);
});

test("a job of eight hours says how it stands as one of ten does", () => {
  expect([face(55, 2).wraps, face(55, 2).status]).toEqual([true, null]);
  expect([face(56, 2).wraps, face(56, 2).status]).toEqual([false, "confirmed"]);
  expect([face(73, 2, 1).status, face(74, 2, 1).status]).toEqual([null, "confirmed"]);
});
