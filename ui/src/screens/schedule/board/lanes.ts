/** What begins and ends somewhere, in pixels. */
export type Stretch = { x: number; width: number };

const GAP = 2;

/**
 * A lane for each, so that none lies over another; what comes first is on top. The stretches are in order of their
 * beginning.
 */
export function lanes(stretches: readonly Stretch[]): { lane: number[]; count: number } {
  const ends: number[] = [];
  const lane = stretches.map(({ x, width }) => {
    let free = ends.findIndex((end) => end <= x);
    if (free < 0) free = ends.length;
    ends[free] = x + width + (width > GAP ? 0 : GAP);
    return free;
  });
  return { lane, count: ends.length };
}
