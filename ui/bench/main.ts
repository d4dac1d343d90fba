import "../src/styles/app.css";

import { bigBoard } from "$/ipc/fake-board";

import type { Peer } from "./peer";

/*
  One month of 50 crews and 2,000 jobs, drawn by this program's board or, with `?show=`, by another one. What is shown is
  the same; a test drives it through `window.bench`.
*/
const peers: Record<string, () => Promise<{ peer: Peer }>> = {
  own: () => import("./own"),
  "event-calendar": () => import("./eventCalendar"),
  daypilot: () => import("./daypilot"),
};

const name = new URLSearchParams(location.search).get("show") ?? "own";
const load = peers[name];
const target = document.getElementById("app");
if (!load || !target) throw new Error(`no board ${name}`);

const board = bigBoard();
const { peer } = await load();
// The window is there already, with its styles and its font, when somebody opens the board.
target.innerText = "…";
const prepared = await peer.prepare(board);
/** When the next frame is out: what is posted while it is made is delivered after it. */
const painted = () =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    requestAnimationFrame(() => port2.postMessage(null));
  });

async function show(): Promise<number> {
  await painted();
  target!.replaceChildren();
  const start = performance.now();
  performance.mark("board-start");
  await prepared(target!);
  await painted();
  performance.mark("board-painted");
  return performance.now() - start;
}

/** From the event until the frame it made is out, waiting for the frame included. */
function watch(type: string): number[] {
  const steps: number[] = [];
  const { port1, port2 } = new MessageChannel();
  let from: number | null = null;
  port1.onmessage = () => {
    if (from !== null) steps.push(performance.now() - from);
    from = null;
  };
  addEventListener(
    type,
    () => {
      if (from !== null) return;
      from = performance.now();
      requestAnimationFrame(() => port2.postMessage(null));
    },
    { capture: true },
  );
  return steps;
}

Object.assign(window, {
  bench: {
    show,
    watch,
    scroller: () => peer.scroller(target),
    bar: peer.bar,
    jobs: board.jobs.length,
    nodes: () => document.querySelectorAll("*").length,
  },
});
document.documentElement.dataset.ready = "bench";
