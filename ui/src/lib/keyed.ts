/**
 * Pairs each item with a key that is unique in the list. Keys come from other programs' data; a repeated one must not
 * stop the screen, which is what a keyed block does with duplicates.
 */
export function keyed<T>(items: readonly T[], keyOf: (item: T) => string): { key: string; item: T }[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const key = keyOf(item);
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return { key: times === 0 ? key : `${key}#${times}`, item };
  });
}
