import type { Problem } from '@tapewatch/model';

/** `process.env`, or a test's. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads OpenTelemetry's variables and gathers what is wrong with them. An empty value counts as absent
 * (specification, "Environment Variable Specification"). Values of headers never become part of a problem.
 */
export class EnvironmentReader {
  readonly problems: Problem[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** Value of the first variable that is set, with the name it was found under. */
  first(...names: readonly string[]): { readonly name: string; readonly value: string } | undefined {
    for (const name of names) {
      const value = this.#env[name]?.trim();
      if (value !== undefined && value !== '') return { name, value };
    }
    return undefined;
  }

  oneOf<T extends string>(allowed: readonly T[], ...names: readonly string[]): T | undefined {
    const found = this.first(...names);
    if (found === undefined) return undefined;
    const match = allowed.find((value) => value === found.value.toLowerCase());
    if (match === undefined) {
      this.complain(found.name, `${found.name} has a value that is not supported`, {
        found: JSON.stringify(found.value),
        allowed: allowed.join(', '),
      });
    }
    return match;
  }

  milliseconds(...names: readonly string[]): number | undefined {
    const found = this.first(...names);
    if (found === undefined) return undefined;
    const ms = /^\d+$/.test(found.value) ? Number(found.value) : 0;
    if (ms >= 1 && ms <= 2 ** 31 - 1) return ms;
    this.complain(found.name, `${found.name} must be a whole number of milliseconds`, {
      found: JSON.stringify(found.value),
      allowed: '1 to 2147483647',
    });
    return undefined;
  }

  boolean(name: string): boolean {
    return this.oneOf(['true', 'false'], name) === 'true';
  }

  /** `key=value` pairs, comma-separated, percent-encoded (W3C Baggage without properties). Later pairs win. */
  pairs(name: string): Record<string, string> {
    const found = this.first(name);
    const pairs: Record<string, string> = {};
    if (found === undefined) return pairs;
    for (const [index, part] of found.value.split(',').entries()) {
      if (part.trim() === '') continue;
      const equals = part.indexOf('=');
      const key = equals < 0 ? undefined : decode(part.slice(0, equals));
      const value = equals < 0 ? undefined : decode(part.slice(equals + 1));
      if (key === undefined || key === '' || value === undefined) {
        this.complain(name, `pair ${index + 1} of ${name} is not key=value with percent-encoding`, {
          hint: 'Write pairs as key=value, separated by commas; write "%" itself as %25 and "," as %2C.',
        });
        continue;
      }
      pairs[key] = value;
    }
    return pairs;
  }

  complain(path: string, message: string, more: Pick<Problem, 'found' | 'allowed' | 'hint'> = {}): void {
    this.problems.push({ code: 'CONFIG_INVALID_VALUE', path, message, ...more });
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}
