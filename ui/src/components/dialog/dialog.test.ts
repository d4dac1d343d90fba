import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { createRawSnippet } from "svelte";
import { expect, test, vi } from "vitest";

import ConfirmDialog from "./ConfirmDialog.svelte";
import Dialog from "./Dialog.svelte";

const children = createRawSnippet(() => ({ render: () => "<input aria-label='First' />" }));

test("a dialog has its name, starts in its first field, and can refuse to close", async () => {
  const user = userEvent.setup();
  const mayClose = vi.fn(() => false);
  render(Dialog, { open: true, title: "Move", description: "Oak Ridge", children, mayClose });
  expect(await screen.findByRole("dialog", { name: "Move", description: "Oak Ridge" })).toBeTruthy();
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("First")));
  await user.keyboard("{Escape}");
  expect([mayClose.mock.calls.length, screen.queryByRole("dialog") !== null]).toEqual([1, true]);
  mayClose.mockReturnValue(true);
  await user.keyboard("{Escape}");
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("what cannot be undone wants its word, once, and starts on the safe button", async () => {
  const user = userEvent.setup();
  const confirm = vi.fn(() => Promise.resolve());
  render(ConfirmDialog, {
    open: true,
    title: "Delete?",
    sentence: "For good.",
    verb: "Delete",
    word: "DELETE",
    confirm,
  });
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("confirm-cancel")));
  await user.click(screen.getByTestId("confirm-go"));
  expect([confirm.mock.calls.length, screen.getByRole("textbox").getAttribute("aria-invalid")]).toEqual([
    0,
    "true",
  ]);
  await user.type(screen.getByRole("textbox"), "DELETE");
  await user.click(screen.getByTestId("confirm-go"));
  expect(confirm).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(screen.queryByTestId("confirm")).toBeNull());
});
