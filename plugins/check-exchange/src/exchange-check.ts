import {
  defineCheck,
  degraded,
  healthy,
  unhealthy,
  unknown,
  type CheckResult,
  type QuerySample,
} from '@tapewatch/plugin-sdk';
import { exchangeCheckConfig } from './config.js';

/** Judges one exchange by what is measured of it anyway: it asks the venue nothing. */
export const exchangeCheck = defineCheck({
  type: 'exchange',
  description: 'Judges an exchange by its REST answers and the age of its feeds',
  config: exchangeCheckConfig,
  async run(context, config) {
    const of = `{exchange=${JSON.stringify(config.exchange)}}`;
    const [up, ages] = await Promise.all([
      context.query(`exchange_up${of}`),
      context.query(`exchange_feed_age_seconds${of}`),
    ]);
    if (up.length === 0 && ages.length === 0)
      return unknown(`nothing is measured of ${config.exchange}; is it under exchanges?`);
    if (up.length === 0 || ages.length === 0) return unknown(`nothing has come from ${config.exchange} yet`);
    return judge(up, ages, config.stale_after / 1000);
  },
});

function judge(up: readonly QuerySample[], ages: readonly QuerySample[], staleAfterSeconds: number): CheckResult {
  const rest = up.find(({ labels }) => labels['transport'] === 'rest')?.value === 1;
  const stale = ages.filter(({ value }) => value > staleAfterSeconds);
  const details = {
    rest,
    feedAgeSeconds: Object.fromEntries(ages.map(({ labels, value }) => [labels['feed'] ?? '', round(value)])),
  };
  const faults = [
    ...(rest ? [] : ['REST does not answer']),
    ...stale.map(({ labels, value }) => `${labels['feed'] ?? ''} feed silent for ${round(value)} s`),
  ];
  if (faults.length === 0) return healthy('REST answers and every feed is fresh', details);
  // One way still works: what it says can be used, but it is not what it should be.
  const lives = rest || stale.length < ages.length;
  return lives ? degraded(faults.join('; '), details) : unhealthy(faults.join('; '), details);
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
