import { render } from "@testing-library/svelte";
import { createRawSnippet } from "svelte";
import { expect, test, vi } from "vitest";

import Late from "./Late.svelte";

test("a wait nobody notices shows nothing", async () => {
  vi.useFakeTimers();
  const { container } = render(Late, {
    children: createRawSnippet(() => ({ render: () => "<i>waiting</i>" })),
  });
  await vi.advanceTimersByTimeAsync(149);
  expect(container.textContent).toBe("");
  await vi.advanceTimersByTimeAsync(2);
  expect(container.textContent).toBe("waiting");
  vi.useRealTimers();
});
