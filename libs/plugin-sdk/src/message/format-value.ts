/** A value for people: six digits, more where the whole part has more, so that a price is not rounded to thousands. @public */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', 'Inf');
  const wholeDigits = Math.floor(Math.log10(Math.max(1, Math.abs(value)))) + 1;
  return String(Number(value.toPrecision(Math.min(17, Math.max(6, wholeDigits + 2)))));
}
