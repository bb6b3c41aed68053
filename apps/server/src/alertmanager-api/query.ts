import { messageOf, type Labels, type Matcher } from '@tapewatch/model';
import { parseMatchers } from '@tapewatch/promql';
import { BadRequest } from './bad-request.js';

/** The parameters of one request, as Alertmanager reads them. */
export class Query {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: object) {
    this.#values = { ...values };
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    const all = Array.isArray(value) ? (value as readonly unknown[]) : [value];
    return all.filter((one) => typeof one === 'string');
  }

  /** True unless it says otherwise: every switch of this API is on when it is not given. */
  flag(name: string): boolean {
    const [text] = this.list(name);
    if (text === undefined || text === '') return true;
    if (/^(1|t|true|y|yes|on|checked|ok|enabled|selected)$/i.test(text)) return true;
    if (/^(0|f|false|n|no|off|disabled|unchecked)$/i.test(text)) return false;
    throw new BadRequest(`${name} in query must be of type boolean: ${JSON.stringify(text)}`);
  }

  /** All of which must hold. */
  matchers(name: string): readonly Matcher[] {
    try {
      return this.list(name).flatMap((text) => parseMatchers(text));
    } catch (thrown) {
      throw new BadRequest(`bad matcher format: ${messageOf(thrown)}`);
    }
  }

  /** Says of a receiver's name whether it is asked for; a regular expression that is anchored on both sides. */
  receiver(): (name: string) => boolean {
    const [text] = this.list('receiver');
    if (text === undefined || text === '') return () => true;
    try {
      // The rules' own matcher: RE2's syntax, which cannot backtrack.
      const [matcher] = parseMatchers(`receiver=~${JSON.stringify(text)}`);
      return (name) => matcher?.matches(name) ?? true;
    } catch (thrown) {
      throw new BadRequest(`failed to parse receiver param: ${messageOf(thrown)}`);
    }
  }
}

/**
 * As Alertmanager filters alerts (matchFilterLabels): a matcher is held against the empty value where the label is not there. An alert has no label
 * with an empty value, so `name=""` asks for those without the label, and `name!=""` for those with it.
 */
export function passesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matcher.matches(labels.get(matcher.name)));
}
