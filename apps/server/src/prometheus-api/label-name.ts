/**
 * A label name as it stands in an address: plain, or with the `U__` prefix under which Prometheus escapes names that hold
 * more than letters, digits and `_` (`_HEX_` for a character, `__` for `_`). Undefined when it is none.
 */
export function readableLabelName(text: string): string | undefined {
  if (text === '') return undefined;
  if (!text.startsWith('U__')) return text;
  let name = '';
  const escaped = text.slice(3);
  for (let i = 0; i < escaped.length; i++) {
    const character = escaped[i] as string;
    if (character !== '_') {
      name += character;
      continue;
    }
    if (escaped[i + 1] === '_') {
      name += '_';
      i++;
      continue;
    }
    const hex = /^_([0-9A-Fa-f]{1,6})_/.exec(escaped.slice(i))?.[1];
    const code = hex === undefined ? Infinity : parseInt(hex, 16);
    // Escaping that does not hold together: Prometheus takes such a name as it is.
    if (hex === undefined || code > 0x10ffff) return text;
    name += String.fromCodePoint(code);
    i += hex.length + 1;
  }
  return name;
}
