/** An error of the venue's REST interface, with the code and wording of Binance's public error list. */
export class BinanceError extends Error {
  override readonly name = 'BinanceError';
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get body(): string {
    return JSON.stringify({ code: this.code, msg: this.message });
  }
}

export const invalidSymbol = (): BinanceError => new BinanceError(400, -1121, 'Invalid symbol.');

export const missingParameter = (name: string): BinanceError =>
  new BinanceError(400, -1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);

export const illegalCharacters = (name: string, range: string): BinanceError =>
  new BinanceError(400, -1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`);

export const unreadParameters = (read: number, sent: number): BinanceError =>
  new BinanceError(
    400,
    -1104,
    `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent}'.`,
  );

export const invalidCombination = (): BinanceError =>
  new BinanceError(400, -1128, 'Combination of optional parameters invalid.');

export const invalidPath = (path: string, method: string): BinanceError =>
  new BinanceError(404, -5000, `Path ${path}, Method ${method} is invalid`);

export const tooMuchWeight = (limit: number): BinanceError =>
  new BinanceError(
    429,
    -1003,
    `Too much request weight used; current limit is ${limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`,
  );
