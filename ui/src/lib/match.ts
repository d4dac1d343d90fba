/** Accents, and what cannot be seen; as `domain::search` and the database's neff.folded() have it. */
const ACCENTS =
  /[\u0300-\u036F]|[\u0483-\u0487]|[\u0591-\u05BD]|\u05BF|\u05C1|\u05C2|\u05C4|\u05C5|\u05C7|[\u0610-\u061A]|[\u064B-\u065F]|\u0670|[\u1AB0-\u1AFF]|[\u1DC0-\u1DFF]|[\u20D0-\u20FF]|[\uFE00-\uFE0F]|[\uFE20-\uFE2F]|\u00AD|[\u200B-\u200F]|[\u202A-\u202E]|[\u2060-\u2069]|\uFEFF/gu;
/** Letters with a stroke, letters for two, and marks written in several ways. */
const PLAIN: Record<string, string> = {
  ...{
    ß: "ss",
    æ: "ae",
    œ: "oe",
    þ: "th",
    ø: "o",
    đ: "d",
    ð: "d",
    ħ: "h",
    ł: "l",
    ŧ: "t",
    ı: "i",
    ŋ: "n",
    ς: "σ",
  },
  ...{ "‘": "'", "’": "'", "‛": "'", ʼ: "'", ʻ: "'", "′": "'", "“": '"', "”": '"', "„": '"' },
  ...{ "‐": "-", "‒": "-", "–": "-", "—": "-", "−": "-" },
};

/** Letters without case and accents: "munoz" finds "Muñoz", "strasse" finds "Straße", O'Brien is O’Brien. */
export function folded(text: string): string {
  const plain = text.replace(/[´`]/g, "'").normalize("NFKD").replace(ACCENTS, "").toLowerCase();
  return plain.replace(/[^\0-\x7F]/gu, (letter) => PLAIN[letter] ?? letter);
}

/** Every word typed occurs somewhere. */
export function matches(text: string, typed: string): boolean {
  const where = folded(text.slice(0, 1_000));
  return folded(typed)
    .split(/\s+/)
    .every((word) => where.includes(word));
}
