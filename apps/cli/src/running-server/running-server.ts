import { errorCodes, messageOf, StartError } from '@tapewatch/model';
import type { ErrorCode } from '@tapewatch/model';
import { notRunning } from './not-running.js';

/** The part of the platform's `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface RunningServerOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  /** Where its address was found; absent for a server that was named by its URL. */
  readonly dataDir?: string;
  /** The token is the one of this run, which nobody typed. */
  readonly ownToken?: boolean;
  readonly fetch: Fetch;
}

/** A Tapewatch that runs, spoken to over HTTP. What goes wrong is thrown as a StartError whose message says what to do. */
export class RunningServer {
  readonly url: string;
  readonly #options: RunningServerOptions;

  constructor(options: RunningServerOptions) {
    this.url = options.url;
    this.#options = options;
  }

  /** The answer's `data`. Expected failures that are union members are answers: see `acceptedAnswer`. */
  async graphql<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const response = await this.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const body = await this.#json(response);
    const [first] = body.errors ?? [];
    if (first !== undefined) throw new StartError(codeOf(first.extensions?.code), String(first.message));
    if (body.data === undefined || body.data === null) throw this.#unexpected(response);
    return body.data as T;
  }

  /** Any path, with the token. A status other than 401 and 403 is the caller's to look at. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${this.#options.token}`);
    let response: Response;
    try {
      response = await this.#options.fetch(`${this.url}${path}`, { redirect: 'manual', ...init, headers });
    } catch (error) {
      throw this.#unreachable(error);
    }
    if (response.status === 401) throw this.#notKnown();
    if (response.status === 403) {
      const { message } = (await response.json().catch(() => ({}))) as { readonly message?: string };
      throw new StartError('NOT_ALLOWED', `${this.url} refuses this token: ${message ?? 'its role does not allow it'}`);
    }
    return response;
  }

  #unreachable(error: unknown): StartError {
    const { dataDir } = this.#options;
    // A file that a crash left names a port on which nobody, or somebody else, listens.
    if (dataDir !== undefined) return notRunning(dataDir, error);
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const message = `Nothing answers at ${this.url} (${messageOf(cause)}): check the address, and that Tapewatch runs there`;
    return new StartError('SERVER_UNREACHABLE', message, { cause: error });
  }

  #notKnown(): StartError {
    const { dataDir, ownToken } = this.#options;
    if (dataDir !== undefined && ownToken === true) return notRunning(dataDir);
    const message = `${this.url} does not know this token: it is wrong, has expired or was revoked`;
    return new StartError('UNAUTHENTICATED', message);
  }

  async #json(response: Response): Promise<GraphQLBody> {
    try {
      const body: unknown = await response.json();
      if (typeof body === 'object' && body !== null) return body;
    } catch {
      // Not JSON: told below.
    }
    throw this.#unexpected(response);
  }

  #unexpected(response: Response): StartError {
    const message = `${this.url} answers, but not as Tapewatch (status ${response.status}): check the address`;
    return new StartError('SERVER_UNREACHABLE', message);
  }
}

interface GraphQLBody {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message?: unknown; readonly extensions?: { readonly code?: unknown } }[];
}

/** A member of a result union that is no problem; a problem is thrown. The query must ask for `... on Problem { code message }`. */
export function acceptedAnswer<T extends object>(answer: T | { readonly code: string; readonly message: string }): T {
  if ('code' in answer && 'message' in answer) throw new StartError(codeOf(answer.code), answer.message);
  return answer;
}

function codeOf(code: unknown): ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'INVALID_INPUT';
}
