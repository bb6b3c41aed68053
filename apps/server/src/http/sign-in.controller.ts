import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, Inject, Post, Query, Res } from '@nestjs/common';
import type { SignIn } from '../access/sign-in.js';
import { SIGN_IN } from '../tokens.js';
import { sendPage } from './reply.js';
import { signInFailedPage, signInNeededPage, signInPage, signInPausedPage } from './sign-in-page.js';

@Controller('sign-in')
export class SignInController {
  constructor(@Inject(SIGN_IN) private readonly signIn: SignIn) {}

  /** Changes nothing: mail clients and chats open links to preview them. */
  @Get()
  form(@Query('token') token: unknown, @Res() response: ServerResponse): void {
    sendPage(response, 200, typeof token === 'string' ? signInPage(token) : signInNeededPage());
  }

  @Post()
  open(@Body('token') token: unknown, @Res() response: ServerResponse): void {
    const outcome = this.signIn.attempt(typeof token === 'string' ? token.trim() : '');
    if (outcome.kind === 'wrong') return sendPage(response, 401, signInFailedPage());
    if (outcome.kind === 'too_many') {
      const waitSeconds = Math.ceil(outcome.waitMs / 1000);
      response.setHeader('Retry-After', waitSeconds);
      return sendPage(response, 429, signInPausedPage(waitSeconds));
    }
    response.statusCode = 303;
    response.setHeader('Set-Cookie', outcome.cookie);
    response.setHeader('Location', '/');
    response.end();
  }
}
