import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { messageOf, StartError, type Logger } from '@tapewatch/model';
import type { Pipeline, StateArchive } from '@tapewatch/pipeline';
import { LOGGER, PIPELINE } from '../tokens.js';
import { sendJson } from './reply.js';

/** A copy of everything that is kept, for whoever may do anything. */
@Controller()
export class BackupController {
  #busy = false;

  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get('backup')
  async backup(@Res() response: ServerResponse): Promise<void> {
    if (this.#busy)
      return sendJson(response, 409, {
        code: 'CONFLICT',
        message: 'A backup is being made; try again when it is done',
      });
    this.#busy = true;
    try {
      await this.#send(response);
    } catch (thrown) {
      // Also a reader that went away.
      this.logger.warn({ error: messageOf(thrown) }, 'a backup was not finished');
      if (response.headersSent) response.destroy();
      else sendJson(response, 503, { code: codeOf(thrown), message: messageOf(thrown) });
    } finally {
      this.#busy = false;
    }
  }

  async #send(response: ServerResponse): Promise<void> {
    const archive: StateArchive = await this.pipeline.commands.backup();
    try {
      response.statusCode = 200;
      response.setHeader('Content-Type', 'application/x-tar');
      response.setHeader('Content-Length', archive.bytes);
      response.setHeader('Content-Disposition', 'attachment; filename="tapewatch-backup.tar"');
      await pipeline(Readable.from(archive.content()), response);
    } finally {
      await archive.discard();
    }
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof StartError ? thrown.code : 'UNAVAILABLE';
}
