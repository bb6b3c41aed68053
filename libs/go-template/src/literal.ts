/** Go's constants. Integers are bigint and floats number throughout: Go keeps them apart in printing and in comparisons. */
export function numberOf(text: string): number | bigint | undefined {
  const plain = text.replaceAll('_', '');
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/.exec(plain) ?? [];
  const integer = integerOf(digits);
  if (integer !== undefined) return inRange(sign === '-' ? -integer : integer);
  const value = Number(plain);
  return Number.isFinite(value) && digits !== '' ? value : undefined;
}

function inRange(value: bigint): bigint | undefined {
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function integerOf(digits: string): bigint | undefined {
  if (/^0[xX][0-9a-fA-F]+$|^0[bB][01]+$|^0[oO][0-7]+$/.test(digits)) return BigInt(digits.toLowerCase());
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  return /^[0-9]+$/.test(digits) ? BigInt(digits) : undefined;
}

/** A character constant as its code point. */
export function characterOf(text: string): bigint | undefined {
  const content = unquote(`"${text.slice(1, -1).replaceAll('"', '\\"').replaceAll("\\'", "'")}"`);
  const characters = content === undefined ? [] : [...content];
  return characters.length === 1 ? BigInt((characters[0] as string).codePointAt(0) as number) : undefined;
}

const simple: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};
const escape = /\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g;

/** The content of a Go string literal, quoted or raw; undefined when an escape is wrong. */
export function unquote(literal: string): string | undefined {
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '');
  let wrong = false;
  const text = literal
    .slice(1, -1)
    .replace(escape, (_, plain?: string, hex?: string, four?: string, eight?: string, octal?: string) => {
      if (plain !== undefined) return simple[plain] as string;
      const code = octal === undefined ? parseInt(hex ?? four ?? eight ?? '', 16) : parseInt(octal, 8);
      if (Number.isNaN(code) || code > 0x10ffff) wrong = true;
      return wrong ? '' : String.fromCodePoint(code);
    });
  return wrong ? undefined : text;
}
