/**
 * OpenTelemetry's names as Prometheus' OTLP intake translates them by default (UnderscoreEscapingWithSuffixes;
 * OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility"), so that one expression fits both.
 */

/** What decides over a suffix: monotonic sums, OTLP gauges, and everything else. */
export type NamedKind = 'counter' | 'gauge' | 'other';

const unitNames: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
]);

const perUnitNames: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
]);

/** The base name of a metric; '' when nothing of the name can be kept. */
export function metricName(otelName: string, unit: string, kind: NamedKind): string {
  let words = otelName.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
  for (const suffix of unitSuffixes(unit)) if (!words.includes(suffix)) words.push(suffix);
  if (kind === 'counter') words = moveToEnd(words, 'total');
  if (kind === 'gauge' && unit === '1') words = moveToEnd(words, 'ratio');
  const name = words.join('_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** The label for an attribute; '' when nothing of the name can be kept. */
export function labelName(attribute: string): string {
  const name = attribute.replace(/[^a-zA-Z0-9_]/gu, '_');
  if (name !== attribute && /^_*$/.test(name)) return '';
  if (/^[0-9]/.test(name)) return `key_${name}`;
  return name.startsWith('_') && !name.startsWith('__') ? `key${name}` : name;
}

function unitSuffixes(unit: string): readonly string[] {
  const slash = unit.indexOf('/');
  const main = (slash < 0 ? unit : unit.slice(0, slash)).trim();
  const per = slash < 0 ? '' : unit.slice(slash + 1).trim();
  const mainName = isAnnotation(main) ? '' : cleanUnit(unitNames.get(main) ?? main);
  const perName = isAnnotation(per) ? '' : cleanUnit(perUnitNames.get(per) ?? per);
  return [mainName, perName === '' ? '' : `per_${perName}`].filter((suffix) => suffix !== '');
}

function isAnnotation(unit: string): boolean {
  return unit === '' || /[{}]/.test(unit);
}

function cleanUnit(unit: string): string {
  return unit
    .replace(/[^a-zA-Z0-9:]+/g, '_')
    .replace(/^_/, '')
    .replace(/_$/, '');
}

function moveToEnd(words: readonly string[], suffix: string): string[] {
  return [...words.filter((word) => word !== suffix), suffix];
}
