import { cleanup, configure } from "@testing-library/svelte";
import { afterEach, beforeEach } from "vitest";

// Only a test that fails waits this long; the machine may be busy with a build.
configure({ asyncUtilTimeout: 10_000 });

beforeEach(() => {
  localStorage.clear();
  history.replaceState(null, "", "#");
  delete document.documentElement.dataset.ready;
});
afterEach(() => cleanup());
