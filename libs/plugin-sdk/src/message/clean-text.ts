const controls = /\p{Cc}+/gu;
const controlsButBreaks = /[^\P{Cc}\n]+/gu;
/** Marks that turn the direction of all that follows: text of others must not reorder ours. */
const directions = /[\u202a-\u202e\u2066-\u2069]/gu;
const separators = /[\u2028\u2029]+/gu;

/** Text of others made fit to stand in a message: one line, well-formed, without control characters. @public */
export function cleanLine(text: string): string {
  return plain(text).replace(controls, ' ').trim();
}

/** Likewise, but line breaks stay. @public */
export function cleanText(text: string): string {
  return plain(text).replace(/\r\n?/g, '\n').replace(controlsButBreaks, ' ').trim();
}

function plain(text: string): string {
  return text.toWellFormed().replace(directions, '').replace(separators, ' ');
}

/**
 * Escapes a text, and cuts it so that what comes out has at most `limit` UTF-16 units. Never cuts through a surrogate pair or what
 * `escape` makes of one character; an ellipsis shows where something is missing.
 * @public
 */
export function cutText(text: string, limit: number, escape: (text: string) => string = (same) => same): string {
  const whole = escape(text);
  if (whole.length <= limit) return whole;
  const ellipsis = escape('…');
  let kept = '';
  for (const character of text) {
    const next = escape(character);
    if (kept.length + next.length + ellipsis.length > limit) break;
    kept += next;
  }
  return kept + ellipsis;
}
