import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { expect } from "vitest";

import { FakeOffice } from "$/ipc/fake";
import { App } from "$/shell/app.svelte";
import Shell from "$/shell/Shell.svelte";

/** The whole window over an office in memory, as it is when its first answers are there. */
export async function openWindow(office = new FakeOffice(), { hash = "", platform = "Linux" } = {}) {
  history.replaceState(null, "", hash || "#");
  const app = new App(office, platform);
  const user = userEvent.setup();
  render(Shell, { app });
  await app.start();
  await settle();
  return { app, office, user };
}

/** Lets everything that is already decided happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) {
    await Promise.resolve();
    await tick();
  }
}

export function all(testid: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
}

export function find(testid: string, more = ""): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-testid="${testid}"]${more}`);
}

export function get(testid: string, more = ""): HTMLElement {
  const found = find(testid, more);
  if (!found) throw new Error(`no ${testid}${more} in:\n${document.body.textContent?.slice(0, 600)}`);
  return found;
}

/** Without the marks a screen reader does not need. */
export function text(element: Element | null): string {
  return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
}

export function shown(testid: string, more = ""): Promise<HTMLElement> {
  return waitFor(() => get(testid, more));
}

export async function gone(testid: string): Promise<void> {
  await waitFor(() => expect(find(testid)).toBeNull());
}

/** A promise and the way to let it go. */
export function gate(): { closed: Promise<void>; open: () => void } {
  let open = () => {};
  const closed = new Promise<void>((resolve) => (open = resolve));
  return { closed, open };
}
