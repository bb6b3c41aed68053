import { z } from 'zod';
import type { StreamSession } from '../venue-dialect.js';

/** Streams on one connection, as on the real venue. */
export const maxStreams = 1024;

const methods = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS'] as const;

const commandSchema = z.object({
  method: z.enum(methods),
  params: z.array(z.string().min(1).max(100)).max(maxStreams).optional(),
  id: z.union([z.int(), z.string().max(36), z.null()]).optional(),
});

type Command = z.infer<typeof commandSchema>;

/**
 * The commands of Binance's market streams. `/ws/btcusdt@ticker` and `/stream?streams=a/b` subscribe by their address;
 * any other path begins without streams.
 */
export class BinanceSession implements StreamSession {
  readonly combined: boolean;
  readonly #streams: Set<string>;

  constructor(url: URL) {
    this.combined = url.pathname === '/stream';
    const named = this.combined ? (url.searchParams.get('streams') ?? '').split('/') : url.pathname.split('/');
    this.#streams = new Set(named.filter((name) => name.includes('@')).slice(0, maxStreams));
  }

  get streams(): ReadonlySet<string> {
    return this.#streams;
  }

  receive(text: string): string {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return failed(3, 'Invalid JSON: expected value at line 1 column 1');
    }
    const command = commandSchema.safeParse(message);
    return command.success ? this.#obey(command.data) : failed(2, complaintAbout(message), idOf(message));
  }

  #obey({ method, params = [], id = null }: Command): string {
    switch (method) {
      case 'SUBSCRIBE':
        return this.#subscribe(params, id);
      case 'UNSUBSCRIBE':
        for (const name of params) this.#streams.delete(name);
        return done(null, id);
      case 'LIST_SUBSCRIPTIONS':
        return done([...this.#streams], id);
    }
  }

  #subscribe(names: readonly string[], id: string | number | null): string {
    const wanted = new Set([...this.#streams, ...names]);
    if (wanted.size > maxStreams) return failed(2, 'Invalid request: too many parameters', id);
    for (const name of names) this.#streams.add(name);
    return done(null, id);
  }
}

function done(result: unknown, id: string | number | null): string {
  return JSON.stringify({ result, id });
}

function failed(code: number, msg: string, id?: unknown): string {
  return JSON.stringify({ error: { code, msg }, ...(id === undefined ? {} : { id }) });
}

function complaintAbout(message: unknown): string {
  const method = propertyOf(message, 'method');
  if (typeof method !== 'string') return 'Invalid request: missing field `method` at line 1 column 1';
  if ((methods as readonly string[]).includes(method)) return 'Invalid request: invalid value for `params` or `id`';
  const known = methods.map((name) => `\`${name}\``).join(', ');
  return `Invalid request: unknown variant \`${method.slice(0, 50)}\`, expected one of ${known}`;
}

function idOf(message: unknown): string | number | undefined {
  const id = propertyOf(message, 'id');
  if (typeof id === 'number') return id;
  return typeof id === 'string' ? id.slice(0, 36) : undefined;
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
