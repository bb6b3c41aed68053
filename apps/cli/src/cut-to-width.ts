import { displayWidth } from './display-width.js';

/** A text that takes no more columns than `width`; what was cut is marked. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = '';
  let left = width - 1;
  for (const character of text) {
    left -= displayWidth(character);
    if (left < 0) break;
    cut += character;
  }
  return `${cut}…`;
}
