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

/**
 * Makes a card of waiting work one that can be dragged to the board. The pointer is held by the card, which therefore
 * must stay in the document; a press without a drag is a click as ever.
 */
export function dragSource(node: HTMLElement, work: UnscheduledWork) {
  let now = work;
  let pressed: { id: number; x: number; y: number } | null = null;
  let dragging = false;

  function down(event: PointerEvent) {
    if (event.button !== 0 || !event.isPrimary || !target) return;
    pressed = { id: event.pointerId, x: event.clientX, y: event.clientY };
  }
  function move(event: PointerEvent) {
    if (!pressed || event.pointerId !== pressed.id || !target) return;
    if (!dragging) {
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < FAR) return;
      if (!target.begin(now)) {
        pressed = null;
        return;
      }
      dragging = true;
      node.setPointerCapture(event.pointerId);
      node.dataset.dragging = "true";
      addEventListener("keydown", keydown, true);
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
    if (pressed && node.hasPointerCapture(pressed.id)) node.releasePointerCapture(pressed.id);
    pressed = null;
    dragging = false;
    delete node.dataset.dragging;
    removeEventListener("keydown", keydown, true);
  }
  function swallow(event: Event) {
    event.preventDefault();
    event.stopPropagation();
  }

  node.style.touchAction = "none";
  node.addEventListener("pointerdown", down);
  node.addEventListener("pointermove", move);
  node.addEventListener("pointerup", up);
  node.addEventListener("pointercancel", cancel);
  return {
    update: (work: UnscheduledWork) => (now = work),
    destroy() {
      if (dragging) cancel();
      node.removeEventListener("pointerdown", down);
      node.removeEventListener("pointermove", move);
      node.removeEventListener("pointerup", up);
      node.removeEventListener("pointercancel", cancel);
    },
  };
}
