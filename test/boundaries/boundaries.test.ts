import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { inRepository } from '../support/repository.js';

const planted = 'planted-fault.ts';

/** Forbidden imports, each in the room that must not have it. */
const faults: readonly (readonly [room: string, what: string, code: string])[] = [
  [
    'libs/rules',
    'a stage that imports a stage',
    "import { Alerts } from '@tapewatch/alerts';\nexport const planted = Alerts;\n",
  ],
  [
    'libs/notify',
    'NestJS outside the server',
    "import { Module } from '@nestjs/common';\nexport const planted = Module;\n",
  ],
  [
    'libs/health',
    'the OpenTelemetry SDK outside telemetry',
    "import { MeterProvider } from '@opentelemetry/sdk-metrics';\nexport const planted = MeterProvider;\n",
  ],
  ['libs/pipeline', 'ccxt outside exchanges', "import ccxt from 'ccxt';\nexport const planted = ccxt;\n"],
  [
    'libs/promql',
    'a base room that imports another',
    "import { loadConfig } from '@tapewatch/config';\nexport const planted = loadConfig;\n",
  ],
  [
    'plugins/check-http',
    'a plugin that imports a stage',
    "import { Notifier } from '@tapewatch/notify';\nexport const planted = Notifier;\n",
  ],
  ['libs/alerts', 'an export of everything', "export * from './alerts.js';\n"],
];

async function lint(room: string): Promise<string> {
  const nx = inRepository('node_modules/.bin/nx');
  try {
    await promisify(execFile)(
      nx,
      [
        'run-many',
        '-t',
        'lint',
        '-p',
        `@tapewatch/${room.split('/')[1] ?? ''}`,
        '--skip-nx-cache',
        '--output-style=static',
      ],
      {
        cwd: inRepository(),
        env: { ...process.env, NX_DAEMON: 'false' },
      },
    );
    return '';
  } catch (thrown) {
    return (thrown as { stdout: string }).stdout;
  }
}

describe('the boundaries between rooms', { timeout: 120_000 }, () => {
  let file: string | undefined;
  afterEach(async () => {
    if (file !== undefined) await rm(file, { force: true });
  });

  it.each(faults)('are lint errors: in %s, %s', async (room, _what, code) => {
    file = inRepository(room, 'src', planted);
    await writeFile(file, code);
    const said = await lint(room);
    expect(said).toContain(planted);
    expect(said).toMatch(/@nx\/enforce-module-boundaries|no-restricted-syntax/);
  });
});
