import { writeFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, launchBrowser } from '../support/browser.js';
import { Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';

const executable = await findChromium();

describe('the pages, in a real browser', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let program: Program;
  let browser: Browser;
  let page: Page;
  const strangers: string[] = [];
  const faults: string[] = [];

  beforeEach((context) => {
    if (executable === undefined) context.skip('no Chromium on this machine (Debian: apt-get install chromium)');
  });
  beforeAll(async () => {
    if (executable === undefined) return;
    folder = await scratchFolder();
    const config = `${folder.path}/tapewatch.yaml`;
    await writeFile(config, 'exchanges: []\n');
    program = await Program.start({
      dataDir: `${folder.path}/data`,
      args: ['start', '--config', config],
      // Set to nothing, so that the program makes its own and prints a sign-in link.
      env: { TAPEWATCH_ADMIN_TOKEN: '' },
    });
    browser = await launchBrowser(executable);
    page = await (await browser.newContext()).newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(program.url) && !/^(data|blob):/.test(request.url())) strangers.push(request.url());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text());
    });
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await program?.stop();
    await folder?.remove();
  });

  it('say how to sign in to who has not', async () => {
    const response = await page.goto(`${program.url}/`);
    expect(response?.status()).toBe(401);
    expect(await page.innerText('body')).toMatch(/sign in/i);
  });

  it('let in by the link of the first screen, once', async () => {
    const link = /http:\/\/\S+\/sign-in\?token=\S+/.exec(program.output)?.[0] ?? '';
    expect(link).not.toBe('');
    await page.goto(link);
    await Promise.all([page.waitForURL(`${program.url}/`), page.click('button')]);
    expect(await page.innerText('body')).toContain('Tapewatch');
    const again = await (await browser.newContext()).newPage();
    await again.goto(link);
    const answer = again.waitForResponse((response) => response.request().method() === 'POST');
    await again.click('button');
    expect((await answer).status()).toBeGreaterThanOrEqual(400);
  });

  it('run a query in GraphiQL, from the package alone', async () => {
    const query = encodeURIComponent('{ pipeline { version } }');
    await page.goto(`${program.url}/graphql?query=${query}`);
    await page.waitForSelector('.graphiql-execute-button', { timeout: 30_000 });
    await page.click('.graphiql-execute-button');
    // By what the page shows: a function of ours that waits in it would be evaluated from text, which the page forbids.
    await page.locator('.graphiql-response', { hasText: '0.1.0' }).waitFor({ timeout: 20_000 });
    expect(strangers).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('stay open to who is signed in when the program restarts, until they sign out', async () => {
    const { port } = program;
    await program.stop();
    program = await Program.start({
      ...{ dataDir: `${folder.path}/data`, args: ['start', '--config', `${folder.path}/tapewatch.yaml`], port },
      env: { TAPEWATCH_ADMIN_TOKEN: '' },
    });
    await page.goto(`${program.url}/`);
    expect(await page.innerText('body')).toContain('Signed in as admin (admin)');
    await page.click('text=Sign out');
    await page.waitForURL(`${program.url}/sign-out`);
    expect(await page.innerText('body')).toContain('session in this browser is over');
    expect((await page.goto(`${program.url}/`))?.status()).toBe(401);
    expect(faults).toEqual([]);
  });
});
