import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RecordingLogger } from '@tapewatch/model/testing';
import type { ChannelDefinition, SendResult } from '../channel.js';
import { testContext } from './context.js';
import { sampleNotification } from './notification.js';

/** One thing that every channel of a kind must do; hand `run` to the test runner's `it`. @public */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * What every channel over HTTP must do, against a real local server. `configFor` gets the server's URL, which carries a secret in its
 * path, and returns the parsed config of the channel.
 * @public
 */
export function httpChannelContract<Config>(
  channel: ChannelDefinition<Config>,
  configFor: (url: string) => Config,
): readonly ContractCase[] {
  const logger = new RecordingLogger();
  const against = async (
    listener: RequestListener,
    judge: (result: SendResult, requests: readonly IncomingMessage[]) => void,
    abortAfterMs?: number,
  ): Promise<void> => {
    const requests: IncomingMessage[] = [];
    const server = await listen((request, response) => {
      requests.push(request);
      listener(request, response);
    });
    try {
      const signal = abortAfterMs === undefined ? new AbortController().signal : AbortSignal.timeout(abortAfterMs);
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${secretInPath}`;
      const result = await settle(channel, configFor(url), testContext({ signal, logger }));
      judge(result, requests);
      expectNoSecret(JSON.stringify([result, logger.lines]));
    } finally {
      await close(server);
    }
  };
  const answering =
    (status: number, headers: Record<string, string> = {}): RequestListener =>
    (request, response) => {
      request.resume().on('end', () => response.writeHead(status, headers).end());
    };
  const outcome =
    (wanted: SendResult['outcome']) =>
    (result: SendResult): void =>
      expect(result.outcome === wanted, `expected ${wanted}, got ${JSON.stringify(result)}`);
  return [
    { name: 'is sent when the other side answers 200', run: () => against(answering(200), outcome('sent')) },
    {
      name: 'retries after as long as a 429 says',
      run: () =>
        against(answering(429, { 'retry-after': '7' }), (r) =>
          expect(r.outcome === 'retry' && r.afterMs === 7000, JSON.stringify(r)),
        ),
    },
    { name: 'retries on a 500', run: () => against(answering(500), outcome('retry')) },
    { name: 'is rejected on a 401', run: () => against(answering(401), outcome('rejected')) },
    { name: 'is rejected on a 410', run: () => against(answering(410), outcome('rejected')) },
    {
      name: 'retries when the connection is reset',
      run: () => against((request) => request.socket.destroy(), outcome('retry')),
    },
    { name: 'stops when it is aborted', run: () => against(() => undefined, outcome('retry'), 50) },
    {
      name: 'does not follow a redirect to elsewhere',
      run: () =>
        against(answering(302, { location: 'http://127.0.0.1:1/' }), (r) =>
          expect(r.outcome !== 'sent', JSON.stringify(r)),
        ),
    },
    {
      name: 'carries the idempotency key',
      run: () =>
        against(answering(200), (_, [request]) =>
          expect(
            JSON.stringify(request?.headers).includes('ops/alertname=ExchangeFeedStale/1'),
            'no idempotency-key header',
          ),
        ),
    },
  ];
}

const secretInPath = 's3cret-in-the-path';

/** As the stage does: a throw is a retry. */
async function settle<Config>(
  channel: ChannelDefinition<Config>,
  config: Config,
  context: ReturnType<typeof testContext>,
): Promise<SendResult> {
  try {
    return await channel.send(context, config, sampleNotification());
  } catch (thrown) {
    return { outcome: 'retry', reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function expectNoSecret(text: string): void {
  expect(!text.includes(secretInPath), 'the secret part of the URL shows in a result or a log line');
}

function expect(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
