import type { MetricDescription, Series, Tick } from '@tapewatch/model';

interface Family {
  readonly metric: MetricDescription;
  text: string;
}

/** A tick in Prometheus' text exposition format 0.0.4: one block per metric, without timestamps. '' for an empty tick. */
export function prometheusText(tick: Tick): string {
  const families = new Map<string, Family>();
  for (let i = 0; i < tick.series.length; i++) {
    const series = tick.series[i];
    const value = tick.values[i];
    if (series === undefined || value === undefined) continue;
    let family = families.get(series.metric.name);
    if (family === undefined) {
      family = { metric: series.metric, text: headOf(series.metric) };
      families.set(series.metric.name, family);
    }
    family.text += `${nameAndLabels(series)} ${formatValue(value)}\n`;
  }
  let text = '';
  for (const family of families.values()) text += family.text;
  return text;
}

function headOf({ name, type, description }: MetricDescription): string {
  const help = description === '' ? '' : `# HELP ${name} ${escapeHelp(description)}\n`;
  return `${help}# TYPE ${name} ${type}\n`;
}

/** A series keeps its object from tick to tick, so its text need not be made anew for each scrape. */
const texts = new WeakMap<Series, string>();

function nameAndLabels(series: Series): string {
  const known = texts.get(series);
  if (known !== undefined) return known;
  const pairs: string[] = [];
  for (const [name, value] of series.labels.entries()) {
    if (name !== '__name__') pairs.push(`${name}="${escapeValue(value)}"`);
  }
  const text = series.labels.get('__name__') + (pairs.length === 0 ? '' : `{${pairs.join(',')}}`);
  texts.set(series, text);
  return text;
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
