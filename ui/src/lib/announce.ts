/*
  Tells a screen reader one sentence, from wherever a part stands: parts know no App. One quiet region at the end of the
  document, made when first needed; the same sentence twice is spoken twice.
*/
let region: HTMLElement | null = null;
let turn = false;

export function announce(sentence: string): void {
  if (!region?.isConnected) {
    region = document.createElement("p");
    region.className = "sr-only";
    region.setAttribute("role", "status");
    region.dataset.testid = "said";
    document.body.append(region);
  }
  turn = !turn;
  region.textContent = turn ? sentence : `${sentence}\u200b`;
}
