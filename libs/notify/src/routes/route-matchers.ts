import type { Matcher } from '@tapewatch/model';

const reserved = /[\s{}!=~,\\"'`]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' };

/** Matchers as Alertmanager prints them in route keys: values escaped as OpenMetrics does, names quoted only where they have to be. */
export function formatRouteMatchers(matchers: readonly Matcher[]): string {
  const parts = matchers.map(({ name, operator, value }) =>
    reserved.test(name)
      ? `${JSON.stringify(name)}${operator}${JSON.stringify(value)}`
      : `${name}${operator}"${value.replace(/[\\\n"]/g, (character) => escapes[character] ?? character)}"`,
  );
  return `{${parts.join(',')}}`;
}
