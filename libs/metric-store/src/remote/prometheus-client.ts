import { messageOf } from '@tapewatch/model';

/** The part of the platform's `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface PrometheusClientOptions {
  /** Base of the API, what stands before `/api/v1`: `https://prometheus.example.com`, `https://mimir.example.com/prometheus`. */
  readonly url: string;
  /** Credentials and tenant: `Authorization`, `X-Scope-OrgID`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly fetch: Fetch;
}

/** One series of an answer; times in milliseconds, oldest first. */
export interface BackendSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** The backend cannot be reached, or answers with a failure; the message says which backend and why. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
}

interface ApiAnswer {
  readonly status?: unknown;
  readonly data?: unknown;
  readonly error?: unknown;
}

type RawSeries = {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [number, string])[];
  readonly value?: readonly [number, string];
};

/** Prometheus' HTTP API (prometheus.io/docs/prometheus/latest/querying/api), as Prometheus, Mimir, Thanos and VictoriaMetrics speak it. */
export class PrometheusClient {
  readonly #options: PrometheusClientOptions;

  constructor(options: PrometheusClientOptions) {
    this.#options = options;
  }

  /** The answer to an instant query: a vector has one point a series, a range selector all of its samples. */
  async query(expression: string, atMs: number): Promise<readonly BackendSeries[]> {
    return seriesIn(await this.#post('query', { query: expression, time: seconds(atMs) }));
  }

  async queryRange(
    expression: string,
    fromMs: number,
    toMs: number,
    stepMs: number,
  ): Promise<readonly BackendSeries[]> {
    const times = { start: seconds(fromMs), end: seconds(toMs), step: seconds(stepMs) };
    return seriesIn(await this.#post('query_range', { query: expression, ...times }));
  }

  /** Names of the metrics that a selector matches between two times. */
  async metricNames(selector: string, fromMs: number, toMs: number): Promise<readonly string[]> {
    const query = new URLSearchParams({ 'match[]': selector, start: seconds(fromMs), end: seconds(toMs) });
    const data = await this.#ask(`label/__name__/values?${query.toString()}`, { method: 'GET' });
    return Array.isArray(data) ? data.filter((name) => typeof name === 'string') : [];
  }

  /** Label sets of the series that one of the selectors matches between two times. */
  async series(
    selectors: readonly string[],
    fromMs: number,
    toMs: number,
  ): Promise<readonly Readonly<Record<string, string>>[]> {
    const form = new URLSearchParams({ start: seconds(fromMs), end: seconds(toMs) });
    for (const selector of selectors) form.append('match[]', selector);
    const data = await this.#post('series', form);
    return Array.isArray(data) ? (data as readonly Readonly<Record<string, string>>[]) : [];
  }

  /** Type, unit and help of a metric; undefined when the backend knows none. */
  async metadata(name: string): Promise<Readonly<Record<string, string>> | undefined> {
    const data = await this.#ask(`metadata?${new URLSearchParams({ metric: name }).toString()}`, { method: 'GET' });
    return (data as Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>)[name]?.[0];
  }

  #post(path: string, form: Readonly<Record<string, string>> | URLSearchParams): Promise<unknown> {
    return this.#ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
  }

  async #ask(path: string, init: RequestInit): Promise<unknown> {
    const { url, headers, timeoutMs, fetch } = this.#options;
    const at = `${url.replace(/\/+$/, '')}/api/v1/${path}`;
    const failed = (why: string, cause?: unknown): BackendError =>
      new BackendError(`the metrics backend ${new URL(url).host} ${why}`, { cause });
    let response: Response;
    let text: string;
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      response = await fetch(at, { ...init, headers: { ...headers, ...init.headers }, signal, redirect: 'error' });
      text = await response.text();
    } catch (error) {
      throw failed(`does not answer: ${messageOf(error)}`, error);
    }
    const answer = parsed(text);
    if (response.ok && answer?.status === 'success') return answer.data;
    if (typeof answer?.error === 'string') throw failed(`refuses: ${answer.error}`);
    throw failed(`answers with status ${response.status}, and not as Prometheus does`);
  }
}

function parsed(text: string): ApiAnswer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}

function seriesIn(data: unknown): readonly BackendSeries[] {
  const { result } = data as { readonly result?: unknown };
  if (!Array.isArray(result)) throw new BackendError('the metrics backend sent a result that is no list of series');
  return (result as readonly RawSeries[]).map(({ metric, values, value }) => {
    const points = values ?? (value === undefined ? [] : [value]);
    return {
      labels: metric,
      times: Float64Array.from(points, ([at]) => Math.round(at * 1000)),
      values: Float64Array.from(points, ([, text]) => numberOf(text)),
    };
  });
}

function numberOf(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

/** Milliseconds as seconds, exactly. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
