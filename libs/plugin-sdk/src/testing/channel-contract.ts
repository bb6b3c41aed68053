import type { ServerResponse } from 'node:http';
import { RecordingLogger } from '@tapewatch/model/testing';
import type { ChannelDefinition, Notification, SendResult } from '../channel.js';
import { contractServer, type SeenRequest } from './contract-server.js';
import { testContext } from './context.js';
import { hostileNotification, injections } from './injections.js';
import { sampleNotification } from './notification.js';

/** One thing that every channel of a kind must do; hand `run` to the test runner's `it`. @public */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** @public */
export interface HttpChannelContractOptions {
  /** What the service answers with a 200 when all is well. `{"ok":true}` when left out. */
  readonly accepted?: string;
  /** What a person reads of a request's body, markup taken away. When left out: every text in the JSON. */
  readonly readable?: (body: string) => string;
}

interface Scenario {
  readonly answer: (response: ServerResponse, count: number) => void;
  readonly judge: (result: SendResult, requests: readonly SeenRequest[]) => void;
  readonly notification?: Notification;
  readonly signal?: AbortSignal;
  readonly tls?: boolean;
  /** The same notification is sent this often; the last result is judged. */
  readonly times?: number;
}

/**
 * What every channel over HTTP must do, against a real local server. `configFor` gets the server's URL, which carries a secret in its
 * path, and returns the parsed config of the channel.
 * @public
 */
export function httpChannelContract<Config>(
  channel: ChannelDefinition<Config>,
  configFor: (url: string) => Config,
  options: HttpChannelContractOptions = {},
): readonly ContractCase[] {
  const { accepted = '{"ok":true}', readable = textsOf } = options;
  const ok = answering(200, {}, accepted);
  const scenarios: Readonly<Record<string, () => Scenario>> = {
    'is sent when the other side answers 200': () => ({ answer: ok, judge: outcome('sent') }),
    'retries after as long as a 429 says': () => ({
      answer: answering(429, { 'retry-after': '7' }),
      judge: (result) => expect(result.outcome === 'retry' && result.afterMs === 7000, JSON.stringify(result)),
    }),
    'retries on a 500': () => ({ answer: answering(500), judge: outcome('retry') }),
    'is sent at last after 500s, under one idempotency key': () => ({
      answer: (response, count) => (count < 3 ? answering(500)(response) : ok(response)),
      times: 3,
      judge: (result, requests) => {
        outcome('sent')(result);
        expect(
          requests.length === 3,
          `${requests.length} requests instead of 3: a channel sends once, the program retries`,
        );
        for (const { headers } of requests)
          expect(
            JSON.stringify(headers).includes('ops/alertname=ExchangeFeedStale/1'),
            'no header idempotency-key, or another one at a later attempt',
          );
      },
    }),
    'is sent under a key that no header can hold as it is': () => ({
      answer: ok,
      notification: sampleNotification({ idempotencyKey: '운영팀/"a\nb"/1' }),
      judge: outcome('sent'),
    }),
    'is rejected on a 401': () => ({ answer: answering(401), judge: outcome('rejected') }),
    'is rejected on a 410': () => ({ answer: answering(410), judge: outcome('rejected') }),
    'retries when the other side hangs': () => ({
      answer: () => undefined,
      signal: AbortSignal.timeout(50),
      judge: outcome('retry'),
    }),
    'retries when the connection is reset': () => ({
      answer: (response) => response.destroy(),
      judge: outcome('retry'),
    }),
    'survives a reset in the middle of a reply': () => ({
      answer: (response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"ok"');
        setImmediate(() => response.destroy());
      },
      judge: notOutcome('rejected'),
    }),
    'survives a reply without end': () => ({ answer: endlessly, judge: notOutcome('rejected') }),
    'survives a reply that is no text': () => ({
      answer: answering(200, {}, Buffer.from([0xff, 0xfe, 0x00, 0xc3])),
      judge: notOutcome('rejected'),
    }),
    'does not trust a certificate that nobody vouches for': () => ({
      answer: ok,
      tls: true,
      judge: (result, requests) => {
        outcome('retry')(result);
        expect(requests.length === 0, 'the message went out over a connection that cannot be trusted');
      },
    }),
    'stops when it is aborted in flight': () => {
      const abort = new AbortController();
      return { answer: () => abort.abort(), signal: abort.signal, judge: outcome('retry') };
    },
    'sends nothing when it is aborted before': () => ({
      answer: ok,
      signal: AbortSignal.abort(),
      judge: (result, requests) => {
        outcome('retry')(result);
        expect(requests.length === 0, 'it was sent all the same');
      },
    }),
    'does not follow a redirect to elsewhere': () => ({
      answer: (response, count) => (count === 1 ? answering(307, { location: '/elsewhere' })(response) : ok(response)),
      judge: (result, requests) => {
        notOutcome('sent')(result);
        expect(requests.length === 1, 'the message went to where the redirect led');
      },
    }),
    'tells Korean, emoji and right-to-left text as they are': () => ({
      answer: ok,
      notification: withSummary('시세가 멈췄습니다 🚨👩‍🚀 عربى <b>&"'),
      judge: (_, [request]) => {
        const text = readable(request?.body ?? '');
        expect(text.includes('시세가 멈췄습니다 🚨👩‍🚀 عربى <b>&"'), `not to be read in: ${text}`);
      },
    }),
    'sends oversized text well-formed': () => ({
      answer: ok,
      notification: oversized(),
      judge: (result, [request]) => {
        outcome('sent')(result);
        expect(readable(request?.body ?? '').isWellFormed(), 'cut through a character');
      },
    }),
    'takes markup in labels for text': () => ({
      answer: ok,
      notification: hostileNotification(),
      judge: (_, [request]) => {
        const text = readable(request?.body ?? '');
        for (const injection of injections)
          expect(text.includes(injection), `${injection}\nnot to be read in:\n${text}`);
      },
    }),
  };
  return Object.entries(scenarios).map(([name, scenario]) => ({
    name,
    run: () => play(channel, configFor, scenario()),
  }));
}

async function play<Config>(
  channel: ChannelDefinition<Config>,
  configFor: (url: string) => Config,
  scenario: Scenario,
): Promise<void> {
  const { answer, judge, notification = sampleNotification(), signal, tls = false, times = 1 } = scenario;
  const logger = new RecordingLogger();
  const server = await contractServer(answer, tls);
  try {
    const config = configFor(`${server.url}/${secretInPath}`);
    const results: SendResult[] = [];
    for (let sent = 0; sent < times; sent++) {
      const context = testContext({ logger, ...(signal === undefined ? {} : { signal }) });
      results.push(await settle(channel, config, context, notification));
    }
    judge(results.at(-1) as SendResult, server.requests);
    expectNoSecret(JSON.stringify([results, logger.lines]));
  } finally {
    await server.close();
  }
}

const secretInPath = 's3cret-in-the-path';

/** As the stage does: a throw is a retry. */
async function settle<Config>(
  channel: ChannelDefinition<Config>,
  config: Config,
  context: ReturnType<typeof testContext>,
  notification: Notification,
): Promise<SendResult> {
  try {
    return await channel.send(context, config, notification);
  } catch (thrown) {
    return { outcome: 'retry', reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function answering(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: string | Buffer = '',
): (response: ServerResponse) => void {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** Until nobody listens any more. */
function endlessly(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, 'x');
  response.on('error', () => undefined);
  response.writeHead(200);
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', write);
  };
  write();
}

function withSummary(summary: string): Notification {
  const sample = sampleNotification();
  return { ...sample, alerts: sample.alerts.map((alert) => ({ ...alert, annotations: { summary } })) };
}

/** More than any service takes, in alerts and in each of their texts; an emoji stands at every other place where it may be cut. */
function oversized(): Notification {
  const sample = sampleNotification();
  const text = `x${'🚨'.repeat(5_000)}`;
  const one = { ...sample.alerts[0]!, name: text, annotations: { summary: text, description: text } };
  return {
    ...sample,
    alerts: Array.from({ length: 60 }, (_, i) => ({ ...one, id: `a${i}`, labels: { [text]: text } })),
  };
}

function textsOf(body: string): string {
  const texts: string[] = [];
  JSON.parse(body, (_, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return texts.join('\n');
}

function outcome(wanted: SendResult['outcome']): (result: SendResult) => void {
  return (result) => expect(result.outcome === wanted, `expected ${wanted}, got ${JSON.stringify(result)}`);
}

function notOutcome(unwanted: SendResult['outcome']): (result: SendResult) => void {
  return (result) => expect(result.outcome !== unwanted, JSON.stringify(result));
}

function expectNoSecret(text: string): void {
  expect(!text.includes(secretInPath), 'the secret part of the URL shows in a result or a log line');
}

function expect(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
