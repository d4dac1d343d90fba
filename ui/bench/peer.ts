import type { FakeBoard } from "$/ipc/fake-board";

/** Somebody's board, as the bench drives it. */
export type Peer = {
  /** What need not be measured; what it gives draws the board. */
  prepare: (board: FakeBoard) => Promise<(target: HTMLElement) => Promise<void>>;
  /** What scrolls. */
  scroller: (target: HTMLElement) => HTMLElement | null;
  /** CSS selector of a job that can be dragged. */
  bar: string;
};
