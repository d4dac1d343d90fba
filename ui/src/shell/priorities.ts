/** 5 is the most urgent. Other programs write this column too: what is beyond the ends is the end. */
const WORDS = ["Lowest", "Low", "Normal", "High", "Urgent"];

export function priorityWord(priority: number): string {
  return WORDS[Math.min(5, Math.max(1, Math.round(priority) || 1)) - 1]!;
}
