const special = /^([+-]?)(?:(inf(?:inity)?)|(nan))$/i;
const decimal = /^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const based = /^([+-]?)(0[xob][0-9a-f_]+)$/i;

/** A number as Go writes them; undefined when the text is none. */
export function parseNumber(text: string): number | undefined {
  const word = special.exec(text);
  if (word !== null) return word[3] === undefined ? (word[1] === '-' ? -Infinity : Infinity) : NaN;
  if (decimal.test(text)) return Number(text.replaceAll('_', ''));
  const parts = based.exec(text);
  const value = parts === null ? NaN : Number((parts[2] as string).replaceAll('_', ''));
  return Number.isNaN(value) ? undefined : parts?.[1] === '-' ? -value : value;
}
