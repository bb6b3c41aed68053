import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeOtlpMetrics } from './otlp-protobuf.js';
import { pointsOf, type OtlpPoint, type OtlpRequest } from './otlp-points.js';

export interface IntakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytesOnWire: number;
  readonly bytes: number;
  readonly points: readonly OtlpPoint[];
}

export interface OtlpIntake {
  readonly url: string;
  /** What it took. */
  readonly taken: readonly IntakeRequest[];
  /** How many it refused, as their status told. */
  readonly refused: number;
  /** What it answers; 200 at first. */
  status: number;
  points(): readonly OtlpPoint[];
  stop(): void;
}

/** A stand-in for a vendor's OTLP/HTTP intake that keeps all it takes. */
export async function startOtlpIntake(): Promise<OtlpIntake> {
  const taken: IntakeRequest[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { status } = intake;
      if (status === 200) take(request, Buffer.concat(parts));
      else intake.refused++;
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  const take = ({ method = '', url = '', headers }: IncomingMessage, wire: Buffer): void => {
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire;
    const points = pointsOf(decoded(headers['content-type'], bytes));
    taken.push({ method, path: url, headers, bytesOnWire: wire.byteLength, bytes: bytes.byteLength, points });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const intake = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    refused: 0,
    status: 200,
    points: () => taken.flatMap(({ points }) => points),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return intake;
}

function decoded(contentType: string | undefined, bytes: Buffer): OtlpRequest {
  if (contentType === 'application/x-protobuf') return decodeOtlpMetrics(bytes);
  return JSON.parse(bytes.toString()) as OtlpRequest;
}
