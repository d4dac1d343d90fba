import { toast } from "svelte-sonner";

import type { OfficeError } from "$/ipc/errors";

import { Recall } from "./recall.svelte";
import RecallCard from "./RecallCard.svelte";
import ToastCard from "./ToastCard.svelte";

/*
  What just happened, at the edge of the window. A success goes by itself, an error stays until it is closed: whoever
  was on the phone has not seen it yet.
*/
export type Done = {
  description?: string;
  /** Takes it back; the toast closes. */
  undo?: () => void;
  /** "Ctrl+Z", beside Undo: that is how people learn it. */
  shortcut?: string;
  seconds?: number;
};

export function done(title: string, { seconds = 8, ...more }: Done = {}): string | number {
  return toast.custom(ToastCard, {
    componentProps: { tone: "good", title, ...more },
    duration: seconds * 1_000,
  });
}

export type Failed = {
  error?: Pick<OfficeError, "message">;
  details?: () => string;
  retry?: () => void;
  /** Where to look instead. */
  more?: { title: string; run: () => void };
};

export function failed(title: string, { error, details, retry, more }: Failed = {}): string | number {
  return toast.custom(ToastCard, {
    componentProps: { tone: "bad", title, description: error?.message, details, retry, more },
    duration: Number.POSITIVE_INFINITY,
  });
}

/** Neither good nor bad: "Dana moved 3 jobs". A newer one of a `family` takes the place of an older one. */
export function told(
  title: string,
  description?: string,
  { family }: { family?: string } = {},
): string | number {
  return toast.custom(ToastCard, {
    componentProps: { tone: "plain", title, description },
    duration: 6_000,
    ...(family && { id: family }),
  });
}

/** Why something cannot be done now. Pressed again, it is said once more, and stands there once. */
export function refused(why: string): string | number {
  return told(why, undefined, { family: "refused" });
}

export type Recalling = {
  description?: string;
  seconds?: number;
  /** Runs once at the end, unless it is called back. */
  act: () => void | Promise<void>;
  recalled?: () => void;
  failed?: (error: unknown) => void;
};

/** "Sending 4 texts in 10 s · Recall". The window closing counts as calling back: nothing has left. */
export function recall(
  title: string,
  { description, seconds = 10, act, recalled, failed }: Recalling,
): Recall {
  const going = new Recall(seconds, act, (state, error) => {
    if (state === "recalled") recalled?.();
    if (state === "failed") failed?.(error);
    setTimeout(() => toast.dismiss(id), state === "failed" ? 0 : 1_500);
  });
  const id = toast.custom(RecallCard, {
    componentProps: { recall: going, title, description },
    duration: Number.POSITIVE_INFINITY,
    dismissible: false,
  });
  return going;
}

export function dismiss(id?: string | number): void {
  toast.dismiss(id);
}
