/* How long a text message is for whoever pays for it: by segments, and in which alphabet. */

const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/** Take two places each. */
const EXTENDED = "{}[]~^\\|€\f";

export type SmsSize = {
  characters: number;
  segments: number;
  /** The first character that makes every segment shorter; null: none does. */
  odd: string | null;
};

export function smsSize(text: string): SmsSize {
  let units = 0;
  let odd: string | null = null;
  for (const character of text) {
    if (GSM.includes(character)) units += 1;
    else if (EXTENDED.includes(character)) units += 2;
    else odd ??= character;
  }
  const characters = [...text].length;
  const length = odd === null ? units : text.length;
  const [alone, each] = odd === null ? [160, 153] : [70, 67];
  return { characters, segments: length <= alone ? Math.min(1, length) : Math.ceil(length / each), odd };
}
