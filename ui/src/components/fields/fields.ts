/** What every field understands. `error` wins over `hint`; `disabled` as a sentence says why. */
export type FieldProps = {
  label: string;
  /** Also what the form calls it; an id is made when none is given. */
  name?: string;
  id?: string;
  hint?: string;
  error?: string | null;
  required?: boolean;
  optional?: boolean;
  disabled?: boolean | string;
  readonly?: boolean;
  /** The label is for screen readers only: where a table's header already says it. */
  bare?: boolean;
  testid?: string;
  class?: string;
};

/** What was typed cannot be understood: the form must not save what was there before. */
export type Problem = { onproblem?: (message: string | null) => void };

/** The look of a box to type in. */
export const box =
  "h-8 w-full min-w-0 rounded-md border bg-surface px-2.5 text-ink placeholder:text-muted " +
  "transition-[border-color] focus-visible:outline-offset-[-1px] hover:border-ink/60 " +
  "disabled:border-line-strong disabled:bg-sunken disabled:text-muted disabled:hover:border-line-strong";

export function edge(error: string | null | undefined, readonly = false): string {
  // `:read-only` matches buttons, too.
  return error ? "border-bad" : readonly ? "border-line bg-sunken hover:border-line" : "border-field";
}

/** The list, calendar or menu that opens over the window. */
export const popup =
  "z-50 rounded-lg border border-line-strong bg-surface text-ink shadow-raised outline-none forced-colors:border-[CanvasText]";

export type Choice = {
  value: string;
  label: string;
  hint?: string;
  disabled?: boolean | string;
  group?: string;
};
