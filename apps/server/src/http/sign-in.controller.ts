import type { IncomingMessage, ServerResponse } from 'node:http';
import { Body, Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { Pipeline } from '@tapewatch/pipeline';
import type { AccessParts } from '../access/create-access.js';
import { principalOf } from '../access/gate.js';
import { noSessionCookie, sessionCookie } from '../access/session-cookie.js';
import { ACCESS, PIPELINE } from '../tokens.js';
import { sendPage } from './reply.js';
import {
  signedOutPage,
  signInFailedPage,
  signInNeededPage,
  signInPage,
  signInPausedPage,
  signInUnavailablePage,
  signOutPage,
} from './sign-in-page.js';

@Controller()
export class SignInController {
  constructor(
    @Inject(ACCESS) private readonly parts: AccessParts,
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
  ) {}

  /** Changes nothing: mail clients and chats open links to preview them. */
  @Get('sign-in')
  form(@Query('token') token: unknown, @Res() response: ServerResponse): void {
    sendPage(response, 200, typeof token === 'string' ? signInPage(token) : signInNeededPage());
  }

  @Post('sign-in')
  async open(
    @Body('token') token: unknown,
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const { origins, signIn } = this.parts;
    const text = typeof token === 'string' ? token.trim() : '';
    const outcome = await signIn.attempt(text, origins.addressOf(request));
    if (outcome.kind === 'wrong') return sendPage(response, 401, signInFailedPage());
    if (outcome.kind === 'unavailable') return sendPage(response, 503, signInUnavailablePage());
    if (outcome.kind === 'too_many') {
      const waitSeconds = Math.ceil(outcome.waitMs / 1000);
      response.setHeader('Retry-After', waitSeconds);
      return sendPage(response, 429, signInPausedPage(waitSeconds));
    }
    response.statusCode = 303;
    response.setHeader('Set-Cookie', sessionCookie(outcome.secret, outcome.lifeMs, origins.isSecure(request)));
    response.setHeader('Location', '/');
    response.end();
  }

  /** A link must not sign anybody out by being looked at, either. */
  @Get('sign-out')
  leaving(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    const principal = principalOf(request);
    sendPage(response, 200, signOutPage(principal?.name ?? ''));
  }

  @Post('sign-out')
  leave(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    const principal = principalOf(request);
    if (principal?.session !== undefined) {
      const actor = { ...principal, address: this.parts.origins.addressOf(request) };
      this.pipeline.access.revokeSession(principal.session, actor, 'signOut');
    }
    response.setHeader('Set-Cookie', noSessionCookie());
    sendPage(response, 200, signedOutPage());
  }
}
