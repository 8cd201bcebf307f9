/** How many words a text has, counted alike wherever a length in words is shown: runs of letters or digits. */

export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.,-]*/gu)?.length ?? 0;
}
