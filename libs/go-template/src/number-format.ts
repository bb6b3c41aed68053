/** A number as decimal digits: 0.DIGITS x 10^point. No trailing zeros; zero has no digits. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

export type FloatVerb = 'e' | 'f' | 'g';

/**
 * Go's strconv.FormatFloat(value, verb, precision, 64): halves are rounded to even, the exponent has two digits at least.
 * Without a precision, the fewest digits that read back as the same number.
 */
export function formatFloat(value: number, verb: FloatVerb, precision?: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (verb === 'g') return sign + general(magnitude, precision);
  if (verb === 'e') {
    const decimal = precision === undefined ? shortest(magnitude) : rounded(exact(magnitude), precision + 1);
    return sign + exponential(decimal, precision ?? Math.max(decimal.digits.length - 1, 0));
  }
  const decimal = precision === undefined ? shortest(magnitude) : roundedAfterPoint(exact(magnitude), precision);
  return sign + fixed(decimal, precision ?? Math.max(decimal.digits.length - decimal.point, 0));
}

/** The shorter of both forms; trailing zeros are dropped. */
function general(magnitude: number, precision: number | undefined): string {
  const wanted = precision === 0 ? 1 : precision;
  const decimal = wanted === undefined ? shortest(magnitude) : rounded(exact(magnitude), wanted);
  const count = decimal.digits.length;
  const threshold = wanted === undefined ? 6 : wanted > count && count >= decimal.point ? count : wanted;
  const exponent = decimal.point - 1;
  if (exponent < -4 || exponent >= threshold) return exponential(decimal, Math.max(count - 1, 0));
  return fixed(decimal, Math.max(count - decimal.point, 0));
}

function exponential(decimal: Decimal, fractionDigits: number): string {
  const digits = decimal.digits.padEnd(fractionDigits + 1, '0');
  const exponent = decimal.digits === '' ? 0 : decimal.point - 1;
  const fraction = fractionDigits > 0 ? `.${digits.slice(1, fractionDigits + 1)}` : '';
  return `${digits[0] as string}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function fixed(decimal: Decimal, fractionDigits: number): string {
  const { digits, point } = decimal;
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (fractionDigits === 0) return whole === '' ? '0' : whole;
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  return `${whole === '' ? '0' : whole}.${fraction.slice(0, fractionDigits).padEnd(fractionDigits, '0')}`;
}

function shortest(magnitude: number): Decimal {
  return decimalOf(magnitude.toExponential());
}

/** Whole numbers in full, others to 101 significant digits: enough to tell a half from its neighbours for every double. */
function exact(magnitude: number): Decimal {
  if (magnitude >= 2 ** 53) {
    const digits = BigInt(magnitude).toString();
    return trimmed(digits, digits.length);
  }
  return decimalOf(magnitude.toExponential(100));
}

function decimalOf(exponential: string): Decimal {
  const [mantissa = '', exponent = '0'] = exponential.split('e');
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  return digits === '' ? { digits, point: 0 } : { digits, point: Number(exponent) + 1 };
}

function roundedAfterPoint(decimal: Decimal, fractionDigits: number): Decimal {
  return rounded(decimal, decimal.point + fractionDigits);
}

/** To `count` significant digits, which may be none or fewer than none. */
function rounded(decimal: Decimal, count: number): Decimal {
  if (decimal.digits.length <= count) return decimal;
  if (count < 0) return { digits: '', point: 0 };
  const kept = decimal.digits.slice(0, count);
  const rest = decimal.digits.slice(count);
  const odd = count > 0 && Number(kept.at(-1)) % 2 === 1;
  const up = rest[0] === '5' && rest.length === 1 ? odd : (rest[0] as string) >= '5';
  if (!up) return trimmed(kept, decimal.point);
  const raised = (BigInt(kept === '' ? '0' : kept) + 1n).toString();
  return trimmed(raised.padStart(count, '0'), decimal.point + (raised.length > count ? 1 : 0));
}

function trimmed(digits: string, point: number): Decimal {
  const rest = digits.replace(/0+$/, '');
  return rest === '' ? { digits: '', point: 0 } : { digits: rest, point };
}
