/** A text's length as Python counts it: in code points, where JavaScript counts UTF-16's halves. */
export function characters(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i += 1) {
    const high = text.charCodeAt(i);
    const low = text.charCodeAt(i + 1);
    if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
      count -= 1;
      i += 1;
    }
  }
  return count;
}
