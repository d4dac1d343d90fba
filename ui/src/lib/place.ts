/*
  A list that changes under the eyes of somebody reading it must not jump. Before the change the row they look at is
  noted with its place on screen, afterwards the list is scrolled until that row is back in it. WebKit has no scroll
  anchoring of its own; where there is one, `overflow-anchor: none` on the box keeps the two from adding up.
*/
export type Place = { restore: () => void };

const ROW = "[data-row]";

export function notePlace(box: HTMLElement): Place {
  const focused =
    document.activeElement instanceof HTMLElement && box.contains(document.activeElement)
      ? document.activeElement
      : null;
  const row = focused?.closest<HTMLElement>(ROW) ?? null;
  const anchor = row && isVisible(row, box) ? row : firstVisible(box);
  const key = anchor?.dataset.row;
  const before = anchor ? anchor.getBoundingClientRect().top : 0;
  const focusKey = row?.dataset.row;
  const scrollTop = box.scrollTop;

  return {
    restore() {
      const now = anchor?.isConnected ? anchor : key ? byKey(box, key) : null;
      if (now && scrollTop > 0) {
        const moved = now.getBoundingClientRect().top - before;
        if (Math.abs(moved) >= 1) box.scrollTop += moved;
      }
      // Moving a node in the document takes the focus from it.
      if (
        focused &&
        document.activeElement !== focused &&
        (document.activeElement === document.body || !document.activeElement)
      ) {
        const back = focused.isConnected ? focused : focusKey ? focusable(byKey(box, focusKey)) : null;
        (back ?? box).focus({ preventScroll: true });
      }
    },
  };
}

function focusable(row: HTMLElement | null): HTMLElement | null {
  return row?.matches("button, a, [tabindex]")
    ? row
    : (row?.querySelector<HTMLElement>("button, a, [tabindex]") ?? null);
}

function byKey(box: HTMLElement, key: string): HTMLElement | null {
  return box.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);
}

function isVisible(row: HTMLElement, box: HTMLElement): boolean {
  const [r, b] = [row.getBoundingClientRect(), box.getBoundingClientRect()];
  return r.bottom > b.top && r.top < b.bottom;
}

function firstVisible(box: HTMLElement): HTMLElement | null {
  for (const row of box.querySelectorAll<HTMLElement>(ROW)) if (isVisible(row, box)) return row;
  return null;
}
