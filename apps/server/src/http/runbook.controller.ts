import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { RUNBOOKS_DIR } from '../tokens.js';
import { sendJson, sendText } from './reply.js';

// No dots and no slashes: a name can never lead out of the folder.
const safeName = /^[A-Za-z0-9_-]{1,100}$/;

/** The pages that shipped rules link to. Open to all: whoever is woken by an alert must be able to read them. */
@Controller('runbooks')
export class RunbookController {
  constructor(@Inject(RUNBOOKS_DIR) private readonly folder: string) {}

  @Get(':name')
  async runbook(@Param('name') name: string, @Res() response: ServerResponse): Promise<void> {
    const text = safeName.test(name) ? await readIfThere(join(this.folder, `${name}.md`)) : undefined;
    if (text === undefined) sendJson(response, 404, { code: 'NOT_FOUND', message: 'There is no runbook of this name' });
    else sendText(response, 200, text);
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
