import { mkdir } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, launchBrowser } from '../support/browser.js';
import { adminToken, Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';

const executable = await findChromium();

describe('the page of a report, in a real browser', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let program: Program;
  let browser: Browser;
  let id: string;

  beforeEach((context) => {
    if (executable === undefined) context.skip('no Chromium on this machine (Debian: apt-get install chromium)');
  });
  beforeAll(async () => {
    if (executable === undefined) return;
    folder = await scratchFolder();
    await mkdir(`${folder.path}/empty`);
    const from = new Date().toISOString();
    program = await Program.start({ dataDir: `${folder.path}/data`, cwd: `${folder.path}/empty` });
    await until('prices', 60_000, async () => (await program.promql('exchange_ticker_last')).length === 20);
    const { generateReport } = await program.graphql<{ generateReport: { id: string } }>(
      'mutation ($from: DateTime) { generateReport(kind: DAILY, from: $from) { ... on Report { id } } }',
      { from },
    );
    ({ id } = generateReport);
    browser = await launchBrowser(executable);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await program?.stop();
    await folder?.remove();
  });

  const open = async (width: number, colorScheme: 'light' | 'dark') => {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      extraHTTPHeaders: { authorization: `Bearer ${adminToken}` },
    });
    const page = await context.newPage();
    const faults: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`${program.url}/reports/${id}`);
    return { page, faults, requests: () => requests.filter((url) => !url.startsWith('data:')) };
  };

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('stands at %d pixels in %s: nothing is refused, fetched or cut off', async (width, scheme) => {
    const { page, faults, requests } = await open(width, scheme);
    expect(await page.innerText('h1')).toMatch(/report/i);
    expect(faults).toEqual([]);
    expect(requests()).toEqual([`${program.url}/reports/${id}`]);
    // Wide tables scroll by themselves; the page does not.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe(scheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(246, 247, 249)');
    await page.context().close();
  });

  it('draws a price line for every market', async () => {
    const { page } = await open(1280, 'light');
    const boxes = await page.evaluate<number[]>(
      '[...document.querySelectorAll("svg.price")].map((svg) => svg.getBoundingClientRect().height)',
    );
    expect(boxes).toHaveLength(20);
    expect(Math.min(...boxes)).toBeGreaterThan(30);
    await page.context().close();
  });
});
