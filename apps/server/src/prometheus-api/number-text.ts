/** A sample's value as Prometheus' JSON has it: shortest form that reads back, an exponent only below 1e-6 and from 1e21. */
export function sampleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const size = Math.abs(value);
  // Without an exponent, as nearly all are, and answers have many.
  return size === 0 || (size >= 1e-6 && size < 1e21) ? String(value) : twoDigits(String(value));
}

/** A value as the rules and alerts answers have it: always with an exponent (Go's 'e'). */
export function exponentText(value: number): string {
  return Number.isFinite(value) ? twoDigits(value.toExponential()) : sampleText(value);
}

/** Seconds with three digits where there is a fraction. */
export function secondsText(ms: number): string {
  if (ms % 1000 === 0) return String(ms / 1000);
  const whole = Math.trunc(ms / 1000);
  const rest = Math.abs(Math.round(ms) % 1000);
  const sign = ms < 0 && whole === 0 ? '-' : '';
  return rest === 0 ? String(whole) : `${sign}${whole}.${String(rest).padStart(3, '0')}`;
}

/** Go writes an exponent with two digits at least. */
function twoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
