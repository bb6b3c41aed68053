import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const unzip = promisify(gunzip);

/** A body that is not taken, with the HTTP status that says so. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The whole body, unpacked, when it holds at most `mostBytes` both ways. Throws BodyError. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity')
    throw new BodyError(415, `the content encoding ${encoding} is not known here; gzip is`);
  const packed = await collect(request, mostBytes);
  if (encoding === 'identity') return packed;
  try {
    return await unzip(packed, { maxOutputLength: mostBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(mostBytes);
    throw new BodyError(400, 'the body is no gzip, though its content encoding says so');
  }
}

async function collect(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) throw tooLarge(mostBytes);
    parts.push(part);
  }
  return Buffer.concat(parts, bytes);
}

function tooLarge(mostBytes: number): BodyError {
  return new BodyError(413, `the body is larger than ${mostBytes} bytes; send smaller batches`);
}
