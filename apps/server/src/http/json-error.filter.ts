import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch } from '@nestjs/common';
import type { Logger } from '@tapewatch/model';
import { sendJson } from './reply.js';

/** Unexpected failures of a controller: the details go to the log, their id to whoever asked. */
@Catch()
export class JsonErrorFilter implements ExceptionFilter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  catch(exception: unknown, host: ArgumentsHost): void {
    // Resolvers' failures are masked where GraphQL formats errors, which knows the field too.
    if (host.getType<string>() !== 'http') throw exception;
    const id = randomUUID();
    this.#logger.error({ err: exception, id }, 'A request failed unexpectedly');
    const response = host.switchToHttp().getResponse<ServerResponse>();
    if (response.headersSent) return;
    sendJson(response, 500, {
      code: 'INTERNAL',
      message: `Unexpected failure; the log has the details under ${id}`,
      id,
    });
  }
}
