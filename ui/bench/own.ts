import { mount, tick } from "svelte";

import { FakeOffice } from "$/ipc/fake";
import { App } from "$/shell/app.svelte";

import Own from "./Own.svelte";
import type { Peer } from "./peer";

export const peer: Peer = {
  async prepare(board) {
    location.hash = "#/schedule?zoom=month&date=2026-06-10";
    const office = new FakeOffice();
    office.board.fill(board);
    const app = new App(office, "Linux");
    app.schedule.show();
    await app.start();
    // The office has answered: what is measured is the board.
    await app.schedule.refresh();
    return async (target) => {
      mount(Own, { target, props: { app } });
      await tick();
    };
  },
  scroller: (target) => target.querySelector<HTMLElement>("[data-testid=board-scroller]"),
  bar: "[data-testid=bar]",
};
