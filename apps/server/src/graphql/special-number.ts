/** GraphQL's Float knows finite numbers only; null stands for the others. */
export function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** A number as Prometheus writes it: `NaN`, `+Inf`, `-Inf`, or its digits. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
