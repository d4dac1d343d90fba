import { beforeEach, expect, test, vi } from "vitest";

import { Refresher } from "./refresher";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

function slow(takes: number) {
  let running = 0;
  const seen = { reads: 0, most: 0 };
  const refresher = new Refresher(async () => {
    running += 1;
    seen.reads += 1;
    seen.most = Math.max(seen.most, running);
    await new Promise((resolve) => setTimeout(resolve, takes));
    running -= 1;
  }, 150);
  return { refresher, seen };
}

test("a hundred changes during a reading cause one more, never two at a time", async () => {
  const { refresher, seen } = slow(1_000);
  void refresher.ask();
  for (let i = 0; i < 100; i++) {
    await vi.advanceTimersByTimeAsync(5);
    void refresher.ask();
  }
  await vi.advanceTimersByTimeAsync(10_000);
  expect(seen).toEqual({ reads: 2, most: 1 });
});

test("who asks during a reading waits for the one after it", async () => {
  const { refresher, seen } = slow(100);
  void refresher.ask();
  await vi.advanceTimersByTimeAsync(50);
  let done = false;
  void refresher.ask().then(() => (done = true));
  await vi.advanceTimersByTimeAsync(60);
  expect(done).toBe(false);
  await vi.advanceTimersByTimeAsync(500);
  expect([done, seen.reads]).toEqual([true, 2]);
});

test("quick readings are spaced, so that a burst does not become a load", async () => {
  const { refresher, seen } = slow(1);
  const end = 1_500;
  for (let at = 0; at < end; at += 10) {
    void refresher.ask();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(seen.reads).toBeGreaterThan(5);
  expect(seen.reads).toBeLessThanOrEqual(end / 150 + 2);
});

test("after stop nothing is read", async () => {
  const { refresher, seen } = slow(1);
  refresher.stop();
  await refresher.ask();
  expect(seen.reads).toBe(0);
});

test("what is asked in the very moment a reading ends is read, too", async () => {
  for (let steps = 0; steps < 12; steps++) {
    let reads = 0;
    let end = () => {};
    const refresher = new Refresher(() => {
      reads += 1;
      return new Promise((resolve) => (end = resolve));
    }, 0);
    void refresher.ask();
    await vi.advanceTimersByTimeAsync(1);
    end();
    for (let i = 0; i < steps; i++) await Promise.resolve();
    void refresher.ask();
    await vi.advanceTimersByTimeAsync(1);
    expect(reads, `asked ${steps} steps after the end`).toBe(2);
  }
});
