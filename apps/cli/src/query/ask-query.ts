import { StartError } from '@tapewatch/model';
import type { RunningServer } from '../running-server/running-server.js';
import type { Moment } from './query-arguments.js';

/** Seconds since the epoch and a value as text, as the API has it. */
export type Point = readonly [at: number, value: string];

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Of a vector. */
  readonly value?: Point;
  /** Of a matrix. */
  readonly values?: readonly Point[];
}

export type QueryData =
  | { readonly resultType: 'vector' | 'matrix'; readonly result: readonly Series[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: Point };

export interface Answer {
  readonly data: QueryData;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** The API's JSON as it came. */
  readonly text: string;
}

/** The server refuses the query. */
export class QueryRefused extends Error {
  override readonly name = 'QueryRefused';
  /** The query or a parameter is wrong; otherwise it only could not be answered. */
  readonly isWrong: boolean;
  /** Where it goes wrong: from 1, columns in bytes. */
  readonly place: { readonly line: number; readonly column: number } | undefined;

  constructor(errorType: string, error: string) {
    const [, line, column, reason] = /^invalid parameter "query": (\d+):(\d+): (.*)$/s.exec(error) ?? [];
    super(reason ?? error);
    this.isWrong = errorType === 'bad_data';
    this.place = line === undefined ? undefined : { line: Number(line), column: Number(column) };
  }
}

export type QueryServer = Pick<RunningServer, 'request' | 'url'>;

/** Throws QueryRefused, or StartError when whoever answers is no Tapewatch. */
export async function askQuery(server: QueryServer, expression: string, moment: Moment): Promise<Answer> {
  const form = new URLSearchParams({ query: expression });
  const seconds = (ms: number): string => String(ms / 1000);
  if (moment.kind === 'range') {
    form.set('start', seconds(moment.from));
    form.set('end', seconds(moment.to));
    form.set('step', seconds(moment.stepMs));
  } else if (moment.at !== undefined) {
    form.set('time', seconds(moment.at));
  }
  const path = moment.kind === 'range' ? '/api/v1/query_range' : '/api/v1/query';
  const { text, body } = await read(server, path, { method: 'POST', body: form.toString(), headers: formHeaders });
  if (body.status === 'error') throw new QueryRefused(body.errorType ?? '', body.error ?? '');
  return { data: body.data as QueryData, warnings: body.warnings ?? [], infos: body.infos ?? [], text };
}

const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };

/** What is known of metrics, by their names in PromQL. */
export interface Known {
  readonly type: string;
  readonly unit: string;
  readonly otelName?: string;
}

export async function askMetadata(server: QueryServer): Promise<Readonly<Record<string, readonly Known[]>>> {
  const { body } = await read(server, '/api/v1/metadata', {});
  return (body.data ?? {}) as Readonly<Record<string, readonly Known[]>>;
}

interface Body {
  readonly status?: unknown;
  readonly data?: unknown;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

async function read(
  server: QueryServer,
  path: string,
  init: RequestInit,
): Promise<{ readonly text: string; readonly body: Body }> {
  const response = await server.request(path, init);
  const text = await response.text();
  try {
    const body = JSON.parse(text) as Body | null;
    if (body?.status === 'error' || (body?.status === 'success' && body.data !== undefined)) return { text, body };
  } catch {
    // Not JSON: told below.
  }
  const message = `${server.url} answers, but not as Tapewatch (status ${response.status}): check the address`;
  throw new StartError('SERVER_UNREACHABLE', message);
}
