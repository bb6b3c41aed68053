import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@tapewatch/model';

/** Nest's own words in our log. What it tells about its start is of no use to anybody but who debugs it. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger.child({ from: 'nest' });
  }

  log(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.debug(fields(rest), String(message));
  }

  debug(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.debug(fields(rest), String(message));
  }

  verbose(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.debug(fields(rest), String(message));
  }

  warn(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.warn(fields(rest), String(message));
  }

  error(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.error(fields(rest), String(message));
  }

  fatal(message: unknown, ...rest: readonly unknown[]): void {
    this.#logger.error(fields(rest), String(message));
  }
}

/** Nest hands on the context last, and a stack before it. */
function fields(rest: readonly unknown[]): Record<string, unknown> {
  const context = rest.at(-1);
  const stack = rest.length > 1 ? rest[0] : undefined;
  return { ...(context === undefined ? {} : { context }), ...(stack === undefined ? {} : { stack }) };
}
