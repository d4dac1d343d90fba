import { remember, remembered, rememberedNames } from "./storage";

/*
  What somebody has typed and not saved, kept on this computer until it is saved or discarded. Unlike all else the
  window remembers this can hold a customer's words: losing them is worse. Secret fields are left out by the form.
*/
export type Draft = {
  /** The record's version when the person began, and the changed fields as they were then and as they are now. */
  version: string | null;
  at: string;
  base: Record<string, unknown>;
  values: Record<string, unknown>;
};

const DAYS = 30;
let office = "";

/** Drafts of one database must not turn up in another. Those nobody came back for go. */
export function draftsOf(database: string): void {
  office = database;
  sweepDrafts();
}

function name(form: string, record: string): string {
  return `draft:${office ? `${office}:` : ""}${form}:${record}`;
}

export function readDraft(form: string, record: string): Draft | null {
  const text = remembered(name(form, record));
  if (!text) return null;
  try {
    const draft = JSON.parse(text) as Draft;
    const sound =
      typeof draft.at === "string" &&
      !Number.isNaN(Date.parse(draft.at)) &&
      isRecord(draft.base) &&
      isRecord(draft.values);
    if (sound) return draft;
  } catch {
    // Written by another version, or cut short: of no use to anybody.
  }
  dropDraft(form, record);
  return null;
}

export function writeDraft(form: string, record: string, draft: Draft): void {
  remember(name(form, record), JSON.stringify(draft));
}

export function dropDraft(form: string, record: string): void {
  remember(name(form, record), null);
}

/** What nobody came back for in a month. */
export function sweepDrafts(now = Date.now()): void {
  for (const key of rememberedNames("draft:")) {
    try {
      const { at } = JSON.parse(remembered(key) ?? "") as Draft;
      if (now - Date.parse(at) < DAYS * 86_400_000) continue;
    } catch {
      // Unreadable: gone as well.
    }
    remember(key, null);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
