/** Letters without case and accents: "munoz" finds "Muñoz". */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Every word typed occurs somewhere. */
export function matches(text: string, typed: string): boolean {
  const where = folded(text.slice(0, 1_000));
  return folded(typed)
    .split(/\s+/)
    .every((word) => where.includes(word));
}
