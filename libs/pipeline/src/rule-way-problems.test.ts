import { createNoopMeter } from '@opentelemetry/api';
import { loadConfig } from '@tapewatch/config';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPipelineConfig } from './check-pipeline-config.js';
import { FindingsLog } from './findings-log.js';
import { createReload } from './reload/create-reload.js';

const rulesYaml = `
groups:
  - name: desk
    labels: { team: desk }
    rules:
      - { alert: Plain, expr: up == 0 }
      - { alert: Critical, expr: up == 0, labels: { severity: critical } }
      - { alert: Templated, expr: up == 0, labels: { severity: "{{ $labels.severity }}" } }
      - { record: up:sum, expr: sum(up), labels: { severity: none } }
`;

async function check(routing: string) {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'rule-ways-'));
  await writeFile(join(folder.path, 'rules.yaml'), rulesYaml);
  const text = `shipped_rules: false\nrule_files: [rules.yaml]\n${routing}`;
  const config = await loadConfig({ file: 'tapewatch.yaml', text, env: {}, baseDir: folder.path });
  const logger = new RecordingLogger();
  const { warnings, notes } = await checkPipelineConfig(config, {
    ...{ clock: new FakeClock(), logger, env: {}, shippedRulesDir: '/nowhere' },
  });
  return { warnings, notes, logger };
}

const receivers = `
receivers:
  - { name: desk, console_configs: [{}] }
  - { name: 'null' }
`;

describe('ruleWayProblems', () => {
  it('has nothing against a tree that is the root alone', async () => {
    expect(await check('')).toMatchObject({ warnings: [], notes: [] });
    expect(await check(`${receivers}route: { receiver: desk }\n`)).toMatchObject({ warnings: [], notes: [] });
  });

  it('warns of rules of which nobody is told, all of one receiver at once, at its place', async () => {
    const { warnings } = await check(`${receivers}route:
  receiver: desk
  routes: [{ receiver: 'null', matchers: [team = desk, alertname =~ "Plain|Critical"] }]
`);
    expect(warnings).toEqual([
      {
        ...{ code: 'RULE_TELLS_NOBODY', file: 'tapewatch.yaml', line: 6, column: 5, path: 'receivers[1]' },
        message:
          'Nobody is told of the alerts of 2 rules (Plain, Critical critical): they go to null, without channels.',
        hint: 'Give the receiver a channel, or the rules another route.',
      },
    ]);
  });

  it('says nothing of a rule whose series, or whose template, may bring what a route asks for', async () => {
    const { warnings, notes } = await check(`${receivers}route:
  receiver: 'null'
  routes: [{ receiver: desk, matchers: [severity = critical, venue = kraken] }, { receiver: desk, matchers: [severity = none] }]
`);
    expect(notes).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('takes an escalation to somebody for telling', async () => {
    const { warnings } = await check(`${receivers}route:
  receiver: 'null'
  escalate: [{ after: 5m, receiver: desk }]
`);
    expect(warnings).toEqual([]);
  });

  it('notes rules that only the root takes although it has routes, when it tells somebody', async () => {
    const routes = `
  routes: [{ receiver: desk, matchers: [team = bots] }, { receiver: desk, matchers: [team = ops] }]
`;
    const { warnings, notes } = await check(`${receivers}route:\n  receiver: desk${routes}`);
    expect(warnings).toEqual([]);
    expect(notes.map(({ code, message, line, path }) => ({ code, message, line, path }))).toEqual([
      {
        ...{ code: 'RULE_NOT_ROUTED', line: 7, path: 'route' },
        message:
          'No route below the root takes the alerts of 3 rules (Plain, Critical critical, Templated): they go to desk.',
      },
    ]);
    const silent = await check(`${receivers}route:\n  receiver: 'null'${routes}`);
    expect(silent.notes).toEqual([]);
    expect(silent.warnings.map(({ code }) => code)).toEqual(['RULE_TELLS_NOBODY']);
  });
});

describe('FindingsLog', () => {
  it('tells at a reload only what was not so before', () => {
    const logger = new RecordingLogger();
    const log = new FindingsLog(logger);
    const warning = { code: 'RULE_TELLS_NOBODY', message: 'Nobody is told.', path: 'receivers[1]' } as const;
    const note = { code: 'RULE_NOT_ROUTED', message: 'Only the root.' } as const;
    log.tell({ warnings: [{ ...warning, line: 3 }], notes: [note] });
    log.tell({ warnings: [{ ...warning, line: 9 }], notes: [note] });
    log.tell({ warnings: [], notes: [note] });
    log.tell({ warnings: [{ ...warning, line: 9 }], notes: [] });
    expect(logger.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn 3 receivers[1]: Nobody is told. [RULE_TELLS_NOBODY]',
      'info Only the root. [RULE_NOT_ROUTED]',
      'warn 9 receivers[1]: Nobody is told. [RULE_TELLS_NOBODY]',
    ]);
  });

  it('is asked at a reload, once what was read is in force', async () => {
    const logger = new RecordingLogger();
    const text = (receiver: string): string => `shipped_rules: false\nreceivers: [{ name: ${receiver} }]\n`;
    const read = (receiver: string) =>
      loadConfig({ file: 'tapewatch.yaml', text: text(receiver), env: {}, baseDir: '/' });
    await using folder = await mkdtempDisposable(join(tmpdir(), 'rule-ways-'));
    await writeFile(join(folder.path, 'rules.yaml'), rulesYaml);
    const withRules = async (receiver: string) => ({
      ...(await read(receiver)),
      ruleFiles: [join(folder.path, 'rules.yaml')],
    });
    const config = await withRules('one');
    const dependencies = {
      ...{ clock: new FakeClock(), logger, env: {}, shippedRulesDir: '/nowhere', random: () => 0, version: '0' },
      externalUrl: () => '',
      readConfig: () => withRules('two'),
    };
    const loaded = await checkPipelineConfig(config, dependencies);
    const { reloader } = createReload(config, dependencies, {
      registry: loaded.registry,
      supervisor: { announce: () => undefined } as never,
      meter: createNoopMeter(),
      findings: new FindingsLog(logger),
      apply: () => [],
    });
    expect(await reloader.reload('a test')).toMatchObject({ ok: true });
    const warnings = logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings).toEqual([expect.stringMatching(/they go to two, without channels.*RULE_TELLS_NOBODY/)]);
  });
});
