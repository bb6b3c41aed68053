/** Decimal places that the venues print; a price or quantity has at most this many. */
export const printedPlaces = 8;

/**
 * Prints a whole number of units of 10^-decimals with `places` decimal places, without going through binary fractions:
 * `formatUnits(11844903, 2)` is `118449.03000000`. `decimals` must not exceed `places`.
 */
export function formatUnits(units: number | bigint, decimals: number, places: number = printedPlaces): string {
  const negative = units < 0;
  const digits = String(negative ? -units : units).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).padEnd(places, '0');
  return `${negative ? '-' : ''}${whole}${places === 0 ? '' : `.${fraction}`}`;
}
