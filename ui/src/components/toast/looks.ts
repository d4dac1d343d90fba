export const card =
  "flex w-89 font-sans max-w-[calc(100vw-32px)] items-start gap-2.5 rounded-lg border border-line-strong bg-surface p-3 text-sm text-ink shadow-raised";

export const action =
  "inline-flex h-7 items-center rounded-md border border-line-strong bg-surface px-2.5 font-medium hover:bg-hover";
