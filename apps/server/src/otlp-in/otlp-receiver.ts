import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import type { Pipeline } from '@tapewatch/pipeline';
import { pathOf } from '../access/routes.js';
import type { OtlpEncoding } from './otlp-response.js';
import { exportResponse, statusResponse } from './otlp-response.js';
import { BodyError, readBody } from './read-body.js';

/** Unpacked. Some 50,000 points; the tick waits while they are taken in. */
const mostBytes = 8 * 1024 * 1024;
const types: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};
/** gRPC's codes, which OTLP's failures carry whatever they travel by. */
const grpc = { invalidArgument: 3, resourceExhausted: 8, internal: 13 } as const;

/** Answers `POST /v1/metrics`: OTLP/HTTP 1.x, protobuf and JSON, gzip or not. Stands ahead of the body parsers, which know neither. */
export function createOtlpReceiver(pipeline: Pipeline, logger: Logger) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    if (pathOf(request.url) !== '/v1/metrics') return next();
    void receive(pipeline, request, response).catch((error: unknown) => {
      logger.error({ error: messageOf(error) }, 'an OTLP request could not be taken');
      if (!response.headersSent)
        send(response, 500, 'json', statusResponse('json', grpc.internal, 'unexpected failure'));
    });
  };
}

async function receive(pipeline: Pipeline, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const encoding = encodingOf(request);
  if (encoding === undefined) {
    const message = `send OTLP as ${types.protobuf} or ${types.json}`;
    return send(response, 415, 'json', statusResponse('json', grpc.invalidArgument, message));
  }
  try {
    const body = await readBody(request, mostBytes);
    const result = pipeline.commands.pushMetrics(body, encoding);
    if (result.ok) return send(response, 200, encoding, exportResponse(encoding, result.value));
    send(response, 400, encoding, statusResponse(encoding, grpc.invalidArgument, result.refusal.message));
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    const code = error.status === 413 ? grpc.resourceExhausted : grpc.invalidArgument;
    // What is left of a body that is too large is not read.
    if (error.status === 413) response.setHeader('Connection', 'close');
    send(response, error.status, encoding, statusResponse(encoding, code, error.message));
  }
}

function encodingOf(request: IncomingMessage): OtlpEncoding | undefined {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === types.protobuf) return 'protobuf';
  return type === types.json ? 'json' : undefined;
}

function send(response: ServerResponse, status: number, encoding: OtlpEncoding, body: Buffer): void {
  response.statusCode = status;
  response.setHeader('Content-Type', types[encoding]);
  response.setHeader('Content-Length', body.length);
  response.end(body);
}
