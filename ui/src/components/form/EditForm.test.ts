import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import EditFormPage from "./EditForm.page.svelte";

const submitted = () => vi.fn(() => Promise.resolve());

test.each(["{Control>}{Enter}{/Control}", "{Control>}s{/Control}", "{Meta>}s{/Meta}"])(
  "%s saves, also out of a text area",
  async (keys) => {
    const user = userEvent.setup();
    const save = submitted();
    render(EditFormPage, { save });
    await user.type(screen.getByLabelText("Name", { exact: false }), "Oak");
    await user.type(screen.getByLabelText("Notes"), "long");
    await user.keyboard(keys);
    expect(save).toHaveBeenCalledOnce();
  },
);

test("the first wrong field gets the focus, and all are told", async () => {
  const user = userEvent.setup();
  const save = submitted();
  render(EditFormPage, { save });
  await user.click(screen.getByRole("button", { name: "Save" }));
  await vi.waitFor(() =>
    expect(document.activeElement).toBe(screen.getByLabelText("Name", { exact: false })),
  );
  expect([save.mock.calls.length, document.querySelector("[data-testid=said]")?.textContent]).toEqual([
    0,
    expect.stringContaining("Not saved: 2 fields need attention."),
  ]);
});

test("Ctrl+S in a half-typed amount reads it first", async () => {
  const user = userEvent.setup();
  const save = submitted();
  render(EditFormPage, { save });
  await user.type(screen.getByLabelText("Name", { exact: false }), "Oak");
  await user.type(screen.getByLabelText("Price", { exact: false }), "1,2x");
  await user.keyboard("{Control>}s{/Control}");
  await vi.waitFor(() =>
    expect(document.activeElement).toBe(screen.getByLabelText("Price", { exact: false })),
  );
  expect(save).not.toHaveBeenCalled();
});

test("leaving keeps a draft, coming back shows it, Discard is rid of it", async () => {
  const user = userEvent.setup();
  const first = render(EditFormPage, { save: submitted() });
  await user.type(screen.getByLabelText("Name", { exact: false }), "Half");
  first.unmount();
  render(EditFormPage, { save: submitted() });
  expect(screen.getByLabelText<HTMLInputElement>("Name", { exact: false }).value).toBe("Half");
  await user.click(screen.getByTestId("draft-discard"));
  expect(screen.getByLabelText<HTMLInputElement>("Name", { exact: false }).value).toBe("");
  expect(screen.queryByTestId("draft-note")).toBeNull();
});
