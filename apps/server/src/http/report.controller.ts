import { languages, type Language } from '@tapewatch/model';
import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { reportStyleHash, type Pipeline } from '@tapewatch/pipeline';
import { PIPELINE } from '../tokens.js';
import { sendJson, sendPage, sendText } from './reply.js';

/** A report's own style sheet, and nothing else. */
const policy = [
  "default-src 'none'",
  `style-src ${reportStyleHash}`,
  'img-src data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Reports to look at: `/reports/ID`, and with `.md` or `.json` behind it to work with; `?lang=ko` in another language. */
@Controller('reports')
export class ReportController {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Get(':id')
  async report(
    @Param('id') name: string,
    @Res() response: ServerResponse,
    @Query('lang') lang?: unknown,
  ): Promise<void> {
    const language = languages.find((one) => one === lang);
    if (lang !== undefined && language === undefined) {
      const message = `lang is one of ${languages.join(', ')}`;
      return sendJson(response, 400, { code: 'INVALID_INPUT', message });
    }
    const [, id = '', suffix] = /^(.*?)(?:\.(md|json))?$/.exec(name) ?? [];
    const isThere = suffix === 'json' ? await this.json(response, id) : await this.text(response, id, suffix, language);
    if (!isThere) sendJson(response, 404, { code: 'NOT_FOUND', message: 'There is no report of this id' });
  }

  private async json(response: ServerResponse, id: string): Promise<boolean> {
    const { read } = this.pipeline;
    const [head, data] = await Promise.all([read.report(id), read.reportData(id)]);
    if (head === undefined || data === undefined) return false;
    const { from, to, createdAt, ...rest } = head;
    const iso = (ms: number): string => new Date(ms).toISOString();
    sendJson(response, 200, { ...rest, from: iso(from), to: iso(to), createdAt: iso(createdAt), data });
    return true;
  }

  private async text(
    response: ServerResponse,
    id: string,
    suffix: string | undefined,
    language: Language | undefined,
  ): Promise<boolean> {
    const text = await this.pipeline.read.reportText(id, suffix === 'md' ? 'markdown' : 'html', language);
    if (text === undefined) return false;
    if (suffix === 'md') {
      sendText(response, 200, text, 'text/markdown; charset=utf-8');
    } else {
      response.setHeader('Content-Security-Policy', policy);
      sendPage(response, 200, text);
    }
    return true;
  }
}
