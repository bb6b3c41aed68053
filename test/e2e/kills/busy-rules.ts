/** Seconds after which alerts fire that begin once and wait through many restarts. */
export const delays = [10, 20, 30, 40, 50, 60];

const waves = 1_000;
const shards = 40;
const periods = [3, 4, 5, 6, 7, 9, 11];

/** In how many parts alerts are silenced and acknowledged. */
export function shardOf(i: number): string {
  return String(i % shards).padStart(2, '0');
}

export function randomShard(random: () => number): string {
  return shardOf(Math.floor(random() * shards));
}

/**
 * Alerts that come and go with the clock: two rules over a thousand series, one of which waits before it fires, and some over none; some
 * that wait long; one from a check and one from a feed.
 */
export const busyRules = `groups:
  - name: waves
    rules:
${Array.from({ length: waves }, (_, i) => recorded(i)).join('')}      - alert: ShortWave
        expr: (time() + wave_offset{kind="short"}) % 60 < 6
        labels: { severity: warning }
      - alert: LongWave
        expr: (time() + wave_offset{kind="long"}) % 70 < 14
        for: 2s
        labels: { severity: critical }
  - name: clockwork
    rules:
${periods
  .map(
    (period) => `      - alert: Every${period}
        expr: vector(time() % ${period}) < ${period / 2}
        labels: { severity: warning }
`,
  )
  .join('')}${delays
  .map(
    (delay) => `      - alert: After${delay}
        expr: vector(1)
        for: ${delay}s
        labels: { severity: critical }
`,
  )
  .join('')}      - alert: Flips
        expr: health_check_status{component="flips", status="unhealthy"} == 1
      - alert: Silent
        expr: exchange_feed_age_seconds > 3
`;

/** Nothing fires by these, so that everything ends. */
export const calmRules = 'groups:\n  - name: other\n    rules:\n      - alert: Never\n        expr: vector(0) > 1\n';

function recorded(i: number): string {
  const symbol = `S${String(i).padStart(4, '0')}`;
  return `      - record: wave_offset
        expr: vector(${i})
        labels: { symbol: ${symbol}, shard: '${shardOf(i)}', kind: ${i % 3 === 0 ? 'long' : 'short'} }
`;
}
