import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

interface OtlpPoint {
  readonly timeUnixNano: string;
}

interface OtlpMetric {
  readonly name: string;
  readonly unit?: string;
  readonly gauge?: { readonly dataPoints: readonly OtlpPoint[] };
  readonly sum?: { readonly dataPoints: readonly OtlpPoint[] };
  readonly histogram?: { readonly dataPoints: readonly OtlpPoint[] };
}

interface OtlpRequest {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[];
  }[];
}

export interface OtlpSink {
  readonly url: string;
  /** Seconds since the epoch for which a point of the metric has arrived, ascending. */
  secondsOf(metric: string): readonly number[];
  /** What it answers; 200 at first. */
  status: number;
  requests: number;
  stop(): void;
}

/** A backend that takes OTLP/HTTP JSON. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const seconds = new Map<string, Set<number>>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      sink.requests++;
      if (sink.status === 200) take(Buffer.concat(parts), request.headers['content-encoding'] === 'gzip', seconds);
      response.writeHead(sink.status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: OtlpSink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secondsOf: (metric) => [...(seconds.get(metric) ?? [])].sort((a, b) => a - b),
    status: 200,
    requests: 0,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return sink;
}

function take(body: Buffer, gzip: boolean, seconds: Map<string, Set<number>>): void {
  const request = JSON.parse((gzip ? gunzipSync(body) : body).toString()) as OtlpRequest;
  for (const { scopeMetrics } of request.resourceMetrics) {
    for (const { metrics } of scopeMetrics) {
      for (const metric of metrics) {
        const known = seconds.get(metric.name) ?? new Set<number>();
        seconds.set(metric.name, known);
        const { dataPoints } = metric.gauge ?? metric.sum ?? metric.histogram ?? { dataPoints: [] };
        for (const { timeUnixNano } of dataPoints) known.add(Number(BigInt(timeUnixNano) / 1_000_000_000n));
      }
    }
  }
}
