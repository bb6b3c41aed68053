import type { Refusal } from '@tapewatch/model';

/** The words of Prometheus' HTTP API for what went wrong (web/api/v1, errorType). */
export type ApiErrorType = 'bad_data' | 'execution' | 'timeout' | 'unavailable' | 'not_found' | 'internal';

const statusOf: Readonly<Record<ApiErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  unavailable: 503,
  not_found: 404,
  internal: 500,
};

/** An answer of the API that is no success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly type: ApiErrorType;

  constructor(type: ApiErrorType, message: string) {
    super(message);
    this.type = type;
  }

  get status(): number {
    return statusOf[this.type];
  }
}

/** A parameter that cannot be read, in Prometheus' words. */
export function invalidParameter(name: string, why: string): ApiError {
  return new ApiError('bad_data', `invalid parameter "${name}": ${why}`);
}

/** What the pipeline refused; `parameter` is the one that held the query. */
export function errorOf(refusal: Refusal, parameter: string): ApiError {
  const { code, message, path } = refusal;
  switch (code) {
    case 'QUERY_INVALID':
      return invalidParameter(parameter, `${path === undefined ? '' : `${path}: `}parse error: ${message}`);
    case 'QUERY_FAILED':
      return new ApiError('execution', message);
    case 'QUERY_LIMIT':
      return new ApiError(path === 'deadline' ? 'timeout' : 'execution', message);
    case 'UNAVAILABLE':
      return new ApiError('unavailable', message);
    case 'NOT_FOUND':
      return new ApiError('not_found', message);
    case 'INVALID_INPUT':
    case 'CONFLICT':
      return new ApiError('bad_data', message);
  }
}
