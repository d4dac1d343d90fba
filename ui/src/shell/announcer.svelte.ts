/** What a screen reader is told. One sentence at a time; the same one twice is spoken twice. */
export class Announcer {
  polite = $state("");
  urgent = $state("");
  #turn = false;

  say(sentence: string): void {
    this.polite = this.#vary(sentence);
  }

  alarm(sentence: string): void {
    this.urgent = this.#vary(sentence);
  }

  /** A live region only speaks when its text changes. */
  #vary(sentence: string): string {
    this.#turn = !this.#turn;
    return this.#turn ? sentence : `${sentence}\u200b`;
  }
}
