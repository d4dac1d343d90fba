/*
  Finds what somebody half remembers: letters in order, better when they stand together, best at the beginnings of words.
  "gtod" and "today" find "Go to Today".
*/
export type Match = { score: number; spans: [start: number, end: number][] };

/** Null: the letters are not there. Spans are places in the text as it was given. */
export function fuzzy(text: string, typed: string): Match | null {
  const query = foldEach(typed.replace(/\s+/g, ""));
  const where = foldEach(text.slice(0, 200));
  if (query.length === 0) return { score: 0, spans: [] };
  if (query.length > where.length) return null;

  // best[i][j]: the best score with letter i of the query at place j.
  const rows: Float64Array[] = [];
  const from: Int16Array[] = [];
  for (let i = 0; i < query.length; i++) {
    const [row, back] = [
      new Float64Array(where.length).fill(-Infinity),
      new Int16Array(where.length).fill(-1),
    ];
    const above = rows[i - 1];
    let best = -Infinity;
    let bestAt = -1;
    for (let j = i; j < where.length; j++) {
      const before = above?.[j - 1] ?? -Infinity;
      // The gap costs the same however wide it is; what stands together gains.
      if (j >= 2 && above && (above[j - 2] ?? -Infinity) > best)
        [best, bestAt] = [above[j - 2] ?? -Infinity, j - 2];
      if (where[j] !== query[i]) continue;
      const begins = j === 0 || !isLetter(where[j - 1] ?? " ");
      const here = 1 + (begins ? 6 : 0) + (j === 0 ? 2 : 0);
      if (i === 0) row[j] = here - j * 0.02;
      else if (before + 5 >= best - 2) [row[j], back[j]] = [before + here + 5, j - 1];
      else [row[j], back[j]] = [best + here - 2, bestAt];
    }
    rows.push(row);
    from.push(back);
  }
  const last = rows.at(-1)!;
  let at = 0;
  for (let j = 1; j < last.length; j++) if (last[j]! > last[at]!) at = j;
  const score = last[at]!;
  // Scattered single letters are no find.
  if (!Number.isFinite(score) || score < query.length * 3.5) return null;
  const places: number[] = [];
  for (let i = query.length - 1; i >= 0; i--) {
    places.unshift(at);
    at = from[i]![at]!;
  }
  return { score: score - where.length * 0.02, spans: joined(places) };
}

/** The text in pieces, those that matched marked: to be shown as text, never as markup. */
export function pieces(text: string, spans: Match["spans"]): { text: string; hit: boolean }[] {
  const out: { text: string; hit: boolean }[] = [];
  let at = 0;
  for (const [start, end] of spans) {
    if (start > at) out.push({ text: text.slice(at, start), hit: false });
    out.push({ text: text.slice(start, end), hit: true });
    at = end;
  }
  if (at < text.length) out.push({ text: text.slice(at), hit: false });
  return out;
}

/** One entry a place of the text, so that places stay right. */
function foldEach(text: string): string[] {
  return Array.from({ length: text.length }, (_, i) => {
    const one = text.charAt(i);
    return one.charCodeAt(0) < 128
      ? one.toLowerCase()
      : (one.normalize("NFKD").charAt(0) || one).toLowerCase();
  });
}

function isLetter(one: string): boolean {
  return /[\p{L}\p{N}]/u.test(one);
}

function joined(places: number[]): Match["spans"] {
  const spans: Match["spans"] = [];
  for (const place of places) {
    const last = spans.at(-1);
    if (last && last[1] === place) last[1] = place + 1;
    else spans.push([place, place + 1]);
  }
  return spans;
}
