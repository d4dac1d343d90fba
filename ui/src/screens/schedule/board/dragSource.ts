import type { UnscheduledWork } from "$/ipc/client";

/** A board to which waiting work can be dragged from elsewhere in the window. */
export type DropTarget = {
  /** False: nothing can be scheduled now. */
  begin: (work: UnscheduledWork) => boolean;
  over: (x: number, y: number, keys: { alt: boolean; copy: boolean }) => void;
  drop: () => void;
  cancel: () => void;
};

const FAR = 5;
let target: DropTarget | null = null;

/** The board is there until the returned function is called. */
export function registerTarget(board: DropTarget): () => void {
  target = board;
  return () => {
    if (target === board) target = null;
  };
}

/** A finger that rests so long takes the card, whichever way it goes then. */
const HELD_MS = 450;

/**
 * Makes a card of waiting work one that can be dragged to the board. The pointer is held by the card, which therefore
 * must stay in the document; a press without a drag is a click as ever. A finger that goes up or down scrolls the list;
 * one that goes to the side, or rests first, takes the card.
 */
export function dragSource(node: HTMLElement, work: UnscheduledWork) {
  let now = work;
  let pressed: { id: number; x: number; y: number } | null = null;
  let dragging = false;
  let resting: ReturnType<typeof setTimeout> | undefined;

  function down(event: PointerEvent) {
    if (event.button !== 0 || !event.isPrimary || !target || pressed) return;
    pressed = { id: event.pointerId, x: event.clientX, y: event.clientY };
    if (event.pointerType === "touch") resting = setTimeout(begin, HELD_MS);
    // In the whole window: a quick hand is beyond the card before it has gone far enough to be held.
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", lost);
    addEventListener("blur", cancel);
  }
  function begin() {
    clearTimeout(resting);
    if (!pressed || !target?.begin(now)) return end();
    dragging = true;
    node.setPointerCapture(pressed.id);
    node.dataset.dragging = "true";
    addEventListener("keydown", keydown, true);
  }
  function move(event: PointerEvent) {
    if (!pressed || event.pointerId !== pressed.id || !target) return;
    // It was let go of where nobody saw it.
    if ((event.buttons & 1) === 0) return cancel();
    if (!dragging) {
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < FAR) return;
      begin();
      if (!dragging) return;
    }
    target.over(event.clientX, event.clientY, { alt: event.altKey, copy: false });
  }
  function up(event: PointerEvent) {
    if (event.pointerId !== pressed?.id) return;
    const was = dragging;
    end();
    if (!was) return;
    // The click that follows a drag is none.
    node.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => node.removeEventListener("click", swallow, { capture: true }));
    target?.drop();
  }
  function lost(event: PointerEvent) {
    if (event.pointerId === pressed?.id) cancel();
  }
  function cancel() {
    const was = dragging;
    end();
    if (was) target?.cancel();
  }
  function keydown(event: KeyboardEvent) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    cancel();
  }
  function end() {
    clearTimeout(resting);
    if (pressed && node.hasPointerCapture(pressed.id)) node.releasePointerCapture(pressed.id);
    pressed = null;
    dragging = false;
    delete node.dataset.dragging;
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", lost);
    removeEventListener("blur", cancel);
    removeEventListener("keydown", keydown, true);
  }
  function swallow(event: Event) {
    event.preventDefault();
    event.stopPropagation();
  }
  /** What a finger carries does not scroll; what it rests on opens no menu. */
  function still(event: Event) {
    if (dragging && event.cancelable) event.preventDefault();
  }

  node.style.touchAction = "pan-y";
  node.addEventListener("pointerdown", down);
  node.addEventListener("touchmove", still, { passive: false });
  node.addEventListener("contextmenu", still);
  return {
    update: (work: UnscheduledWork) => (now = work),
    destroy() {
      cancel();
      node.removeEventListener("pointerdown", down);
      node.removeEventListener("touchmove", still);
      node.removeEventListener("contextmenu", still);
    },
  };
}
