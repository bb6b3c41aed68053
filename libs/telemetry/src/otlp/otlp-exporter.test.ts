import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { logSdkDiagnostics } from '../sdk-diagnostics.js';
import type { DestinationOptions } from './destination-options.js';
import { collection, target } from '../testing/otlp-export.js';
import { OtlpDestination } from './otlp-destination.js';

const servers: Server[] = [];
const destinations: OtlpDestination[] = [];

afterEach(async () => {
  await Promise.all(destinations.splice(0).map((destination) => destination.stop(0)));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A backend on a real socket; `answer` defaults to taking everything. */
async function sink(
  answer: RequestListener = (_, response) => response.end('{}'),
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      received.push({ path: request.url ?? '', headers: request.headers, body });
      answer(request, response);
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`, received };
}

function destinationFor(options: DestinationOptions): { destination: OtlpDestination; logger: RecordingLogger } {
  const logger = new RecordingLogger();
  const destination = new OtlpDestination({ clock: systemClock, logger, destination: options });
  destinations.push(destination);
  return { destination, logger };
}

describe('createOtlpExporter behind an OtlpDestination', () => {
  it('posts gzipped JSON with the configured headers', async () => {
    const { url, received } = await sink();
    const { destination, logger } = destinationFor(target(url, { headers: { 'x-key': 'abc' } }));
    destination.accept(await collection());
    await vi.waitFor(() => expect(destination.status().pointsSent).toBe(2));
    expect(received[0]).toMatchObject({
      path: '/v1/metrics',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'x-key': 'abc' },
    });
    const body = JSON.parse(String(received[0]?.body)) as {
      resourceMetrics: { scopeMetrics: { metrics: unknown[] }[] }[];
    };
    expect(body.resourceMetrics[0]?.scopeMetrics[0]?.metrics[0]).toMatchObject({
      name: 'requests',
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: [{ asDouble: 1, timeUnixNano: '5000000000' }, { asDouble: 2 }],
      },
    });
    expect(destination.status()).toMatchObject({ healthy: true, pointsDropped: 0, pointsWaiting: 0 });
    expect(logger.lines.map(({ message }) => message)).toEqual(['OTLP destination is reachable']);
  });

  it('posts protobuf, uncompressed when told so', async () => {
    const { url, received } = await sink((_, response) => response.end());
    const { destination } = destinationFor(target(url, { protocol: 'http/protobuf', compression: 'none' }));
    destination.accept(await collection());
    await vi.waitFor(() => expect(destination.status().pointsSent).toBe(2));
    expect(received[0]?.headers['content-type']).toBe('application/x-protobuf');
    expect(received[0]?.headers['content-encoding']).toBeUndefined();
    expect(received[0]?.body.includes('requests')).toBe(true);
  });

  it('sends no header of the process’ environment', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=leak');
    vi.stubEnv('OTEL_EXPORTER_OTLP_METRICS_HEADERS', 'x-other=leak');
    const { url, received } = await sink();
    const { destination } = destinationFor(target(url));
    expect(process.env['OTEL_EXPORTER_OTLP_HEADERS']).toBe('authorization=leak');
    vi.unstubAllEnvs();
    destination.accept(await collection());
    await vi.waitFor(() => expect(destination.status().pointsSent).toBe(2));
    expect(JSON.stringify(received[0]?.headers)).not.toContain('leak');
  });

  it('counts what a backend refuses, and shows none of the credentials it repeats', async () => {
    const { url } = await sink((_, response) => {
      response.statusCode = 400;
      response.end('bad token s3cr3t/value for abcd1234');
    });
    const { destination, logger } = destinationFor(
      target(url, { headers: { authorization: 'Bearer abcd1234', 'x-key': 's3cr3t/value' } }),
    );
    destination.accept(await collection());
    await vi.waitFor(() => expect(destination.status().healthy).toBe(false));
    expect(destination.status()).toMatchObject({
      pointsSent: 0,
      pointsDropped: 2,
      lastError: 'HTTP 400 Bad Request bad token *** for ***',
    });
    expect(logger.lines).toHaveLength(1);
    expect(logger.lines[0]?.fields).toMatchObject({ outcome: 'refused' });
    expect(JSON.stringify(logger.lines)).not.toMatch(/s3cr3t|abcd1234/);
  });

  it.each([
    ['refuses the connection', 'unreachable', () => Promise.resolve({ url: 'http://127.0.0.1:1/v1/metrics' })],
    ['never answers', 'timeout', () => sink(() => undefined)],
    [
      'answers 503',
      'unreachable',
      () =>
        sink((_, response) => {
          response.statusCode = 503;
          response.end();
        }),
    ],
    [
      'drips its answer',
      'timeout',
      () =>
        sink((_, response) => {
          const dripping = setInterval(() => response.write(' '), 20);
          response.on('close', () => clearInterval(dripping));
        }),
    ],
  ])('gives up within its timeout on a backend that %s', async (_, outcome, backend) => {
    const { url } = await backend();
    const { destination, logger } = destinationFor(target(url, { timeoutMs: 250 }));
    destination.accept(await collection());
    await vi.waitFor(() => expect(destination.status().healthy).toBe(false), { timeout: 5000 });
    expect(destination.status()).toMatchObject({ pointsDropped: 2, pointsWaiting: 0 });
    expect(logger.lines.map(({ fields }) => fields['outcome'])).toEqual([outcome]);
  });

  it.each(['http/json', 'http/protobuf'] as const)(
    'counts the points of a partial success over %s',
    async (protocol) => {
      logSdkDiagnostics(new RecordingLogger());
      const answer =
        protocol === 'http/json'
          ? '{"partialSuccess":{"rejectedDataPoints":"1"}}'
          : Buffer.from([0x0a, 0x02, 0x08, 0x01]);
      const { url } = await sink((_, response) => response.end(answer));
      const { destination, logger } = destinationFor(target(url, { protocol }));
      destination.accept(await collection());
      await vi.waitFor(() =>
        expect(destination.status()).toMatchObject({ pointsSent: 1, pointsDropped: 1, healthy: true }),
      );
      expect(logger.lines.map(({ level }) => level)).toEqual(['info', 'warn']);
    },
  );

  it('cuts a hanging export off when it is stopped', async () => {
    const { url, received } = await sink(() => undefined);
    const { destination } = destinationFor(target(url));
    destination.accept(await collection());
    destination.accept(await collection());
    await vi.waitFor(() => expect(received).toHaveLength(1));
    const [server] = servers;
    await destination.stop(50);
    expect(destination.status().pointsDropped).toBe(4);
    const connections = (): Promise<number> =>
      new Promise((resolve, reject) =>
        server?.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      );
    await vi.waitFor(async () => expect(await connections()).toBe(0));
  });
});
