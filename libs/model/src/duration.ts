const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const shape = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const order = ['y', 'w', 'd', 'h', 'm', 's', 'ms'] as const;

/** Prometheus' duration (`30s`, `1h30m`, `0`) in milliseconds; undefined when the text is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const parts = text === '' ? null : shape.exec(text);
  if (parts === null) return undefined;
  let ms = 0;
  order.forEach((unit, i) => {
    ms += Number(parts[i + 1] ?? 0) * (unitMs[unit] as number);
  });
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** The shortest text that `parseDuration` reads back, as Prometheus prints it (weeks and years only when exact). */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = Math.abs(Math.round(ms));
  let text = ms < 0 ? '-' : '';
  for (const unit of order) {
    const size = unitMs[unit] as number;
    const exactOnly = unit === 'y' || unit === 'w' || unit === 'd';
    if (rest < size || (exactOnly && unit !== 'd' && rest % size !== 0)) continue;
    text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text;
}
