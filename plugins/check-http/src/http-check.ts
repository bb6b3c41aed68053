import { defineCheck, degraded, healthy, unhealthy, type CheckResult, type PluginContext } from '@tapewatch/plugin-sdk';
import { httpCheckConfig, type HttpCheckConfig } from './config.js';

/** Asks a URL: another answer than expected, or none, is unhealthy; a slow one is degraded. */
export const httpCheck = defineCheck({
  type: 'http',
  description: 'Asks a URL and judges the answer',
  config: httpCheckConfig,
  async run(context, config) {
    const begun = context.clock.monotonic();
    try {
      const response = await ask(context, config);
      const body = config.expect_body === undefined ? await response.body?.cancel() : await response.text();
      return judge(config, response.status, body ?? '', context.clock.monotonic() - begun);
    } catch (thrown) {
      return unhealthy(`no answer: ${reasonOf(thrown)}`);
    }
  },
});

function ask(context: PluginContext, config: HttpCheckConfig): Promise<Response> {
  const headers = Object.fromEntries(Object.entries(config.headers).map(([name, value]) => [name, value.reveal()]));
  return context.fetch(config.url, { method: config.method, headers, redirect: 'manual' });
}

function judge(config: HttpCheckConfig, status: number, body: string, tookMs: number): CheckResult {
  const details = { status, tookMs: Math.round(tookMs) };
  if (!config.expect_status.includes(status))
    return unhealthy(`answered ${status}, expected ${config.expect_status.join(' or ')}`, details);
  if (config.expect_body !== undefined && !body.includes(config.expect_body))
    return unhealthy('the body lacks the expected text', details);
  if (config.slow_after !== undefined && tookMs > config.slow_after)
    return degraded(`answered ${status} after ${Math.round(tookMs)} ms`, details);
  return healthy(`answered ${status}`, details);
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === 'AbortError' || thrown.name === 'TimeoutError') return 'no reply in time';
  const cause = thrown.cause as { code?: unknown } | undefined;
  return typeof cause?.code === 'string' ? cause.code : thrown.message;
}
