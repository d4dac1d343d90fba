import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { toast } from "svelte-sonner";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Recall } from "./recall.svelte";
import { done, failed, recall } from "./toast";
import Toasts from "./Toasts.svelte";

describe("what can be called back", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const made = (act = vi.fn<() => void | Promise<void>>()) => ({ act, it: new Recall(10, act) });

  test("acts once at the end", async () => {
    const { act, it } = made();
    await vi.advanceTimersByTimeAsync(9_700);
    expect([act.mock.calls.length, it.state]).toEqual([0, "waiting"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([act.mock.calls.length, it.state, it.recall()]).toEqual([1, "done", false]);
  });
  test("or never", async () => {
    const { act, it } = made();
    await vi.advanceTimersByTimeAsync(9_700);
    expect([it.recall(), it.recall()]).toEqual([true, false]);
    it.now();
    it.release("pointer");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([act.mock.calls.length, it.state]).toEqual([0, "recalled"]);
  });
  test("waits while the pointer or the focus is on it", async () => {
    const { act, it } = made();
    await vi.advanceTimersByTimeAsync(4_000);
    it.hold("pointer");
    it.hold("focus");
    await vi.advanceTimersByTimeAsync(60_000);
    it.release("pointer");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([act.mock.calls.length, Math.round(it.left / 1_000)]).toEqual([0, 6]);
    it.release("focus");
    await vi.advanceTimersByTimeAsync(6_300);
    expect(act).toHaveBeenCalledOnce();
  });
  test("at once when nobody wants to wait, and not twice", async () => {
    const { act, it } = made(vi.fn(() => new Promise<void>((resolve) => setTimeout(resolve, 500))));
    it.now();
    it.now();
    expect([it.state, it.recall()]).toEqual(["acting", false]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([act.mock.calls.length, it.state]).toEqual([1, "done"]);
  });
  test("and says when it failed", async () => {
    const ended = vi.fn();
    new Recall(1, () => Promise.reject(new Error("no")), ended);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ended.mock.calls).toEqual([["failed", expect.any(Error)]]);
  });
});

describe("toasts", () => {
  afterEach(() => void toast.dismiss());
  test("a success offers Undo with its shortcut, an error its details", async () => {
    const user = userEvent.setup();
    const undo = vi.fn();
    render(Toasts, { theme: "light" });
    done("Moved", { undo, shortcut: "Ctrl+Z" });
    await user.click(await screen.findByRole("button", { name: /Undo.*Ctrl/ }));
    expect(undo).toHaveBeenCalledOnce();
    failed("Not moved", { error: { message: "<b>Busy</b>" }, details: () => "x" });
    expect(await screen.findByText("<b>Busy</b>")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Copy details" })).toBeTruthy();
  });
  test("F6 goes to the newest and back", async () => {
    const user = userEvent.setup();
    render(Toasts, { theme: "light" });
    const field = document.body.appendChild(document.createElement("input"));
    field.focus();
    const act = vi.fn();
    const going = recall("Sending", { act });
    await screen.findByTestId("recall-button");
    await user.keyboard("{F6}");
    expect(document.activeElement).toBe(screen.getByTestId("recall-button"));
    expect(going.paused).toBe(true);
    await user.keyboard("{F6}");
    expect([document.activeElement, going.paused]).toEqual([field, false]);
    going.recall();
    expect(await screen.findByText("Called back. Nothing was sent.")).toBeTruthy();
    field.remove();
  });
});
