import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNoopMeter } from '@opentelemetry/api';
import type { Locate } from '@tapewatch/config';
import { ConfigError } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import {
  defineChannel,
  defineCheck,
  definePlugin,
  healthy,
  sent,
  type Notification,
  type Plugin,
} from '@tapewatch/plugin-sdk';
import { sampleNotification } from '@tapewatch/plugin-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createChannel, createCheck, loadPlugin, PluginRegistry, Supervisor } from './index.js';

const locate: Locate = () => ({ file: 'tapewatch.yaml', line: 7, column: 3 });
const check = defineCheck({
  type: 'depth',
  description: 'd',
  config: z.strictObject({ limit: z.number() }),
  run: (_, { limit }) => healthy(`limit ${limit}`),
});
const desk = (overrides: Partial<Plugin> = {}): Plugin =>
  definePlugin({ name: 'desk', version: '1.0.0', sdk: 1, provides: [check], ...overrides });

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems.map(({ code, message }) => `${code} ${message}`);
    throw thrown;
  }
}

describe('PluginRegistry', () => {
  it('finds what a plugin provides, and shows the schema of it', () => {
    const registry = new PluginRegistry();
    registry.register(desk(), 'here');
    expect(registry.find('check', 'depth')?.plugin.name).toBe('desk');
    expect(registry.find('channel', 'depth')).toBeUndefined();
    expect(registry.views()).toMatchObject([
      {
        name: 'desk',
        version: '1.0.0',
        kinds: ['check:depth'],
        state: 'running',
        configSchema: { 'check:depth': { properties: { limit: { type: 'number' } } } },
      },
    ]);
  });

  it.each([
    [undefined, 'PLUGIN_INVALID it exports no plugin'],
    [desk({ name: 'Not A Name' }), 'PLUGIN_INVALID name must be'],
    [desk({ version: 'one' }), 'PLUGIN_INVALID version must be'],
    [{ ...desk(), sdk: 99 }, 'PLUGIN_INVALID it was made for SDK protocol 99, this program speaks 1'],
    [desk({ provides: [] }), 'PLUGIN_INVALID provides must list'],
    [
      { ...desk(), provides: [{ kind: 'check', type: 'x', config: {} }] },
      'PLUGIN_INVALID provides[0].run must be a function',
    ],
    [{ ...desk(), provides: [{ kind: 'magic' }] }, 'PLUGIN_INVALID provides[0] must come from'],
  ])('refuses what is no plugin: %#', (value, message) => {
    expect(problemsOf(() => new PluginRegistry().register(value, 'here')).join('\n')).toContain(message);
  });

  it('refuses two that provide the same, naming both', () => {
    const registry = new PluginRegistry();
    registry.register(desk(), 'here');
    expect(problemsOf(() => registry.register(desk({ name: 'other' }), 'there'))).toEqual([
      'PLUGIN_CONFLICT the plugin other provides what is there already: check type depth of the plugin desk',
    ]);
  });
});

describe('loadPlugin', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-plugin-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('imports the default export of a file or a folder', async () => {
    await writeFile(join(folder, 'index.mjs'), 'export default { name: "x" };');
    expect(await loadPlugin(folder)).toEqual({ name: 'x' });
    expect(await loadPlugin(join(folder, 'index.mjs'))).toEqual({ name: 'x' });
  });

  it('says what is missing, and what is wrong inside', async () => {
    await expect(loadPlugin(folder)).rejects.toThrow('a folder with index.js');
    await writeFile(join(folder, 'index.mjs'), 'throw new Error("no luck");');
    await expect(loadPlugin(folder)).rejects.toThrow('no luck');
  });
});

describe('Supervisor', () => {
  let clock: FakeClock;
  let errors: string[];
  let supervisor: Supervisor;
  const instance = { plugin: 'desk', kind: 'check', type: 'depth', name: 'queue' } as const;

  beforeEach(() => {
    clock = new FakeClock();
    errors = [];
    supervisor = new Supervisor({
      clock,
      logger: new RecordingLogger(),
      meter: createNoopMeter(),
      query: () => Promise.resolve([]),
      noteError: (plugin, message) => errors.push(`${plugin} ${message}`),
    });
  });

  it('gives back what the plugin gives', async () => {
    expect(await supervisor.call(instance, 1_000, ({ name }) => `hello ${name}`)).toEqual({
      ok: true,
      value: 'hello queue',
    });
  });

  it('turns a throw into a failure with its message', async () => {
    const call = await supervisor.call(instance, 1_000, () => {
      throw new Error('bug');
    });
    expect(call).toEqual({ ok: false, failure: { reason: 'threw', message: 'bug' } });
    expect(errors).toEqual(['desk queue: bug']);
  });

  it('leaves alone a call that misses its deadline, and aborts its signal', async () => {
    let signal: AbortSignal | undefined;
    const call = supervisor.call(instance, 1_000, (context) => {
      signal = context.signal;
      return new Promise(() => undefined);
    });
    await clock.advance(999);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);
    expect(signal?.aborted).toBe(true);
    await clock.advance(200);
    expect(await call).toEqual({ ok: false, failure: { reason: 'deadline', message: 'no answer within 1 s' } });
    expect([signal?.aborted, clock.pendingTimers]).toEqual([true, 0]);
  });

  it('lets a call say what its deadline means', async () => {
    const call = supervisor.call(instance, 1_000, ({ signal }) => {
      return new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('no reply in time')));
    });
    await clock.advance(1_000);
    expect(await call).toEqual({ ok: true, value: 'no reply in time' });
    expect(errors).toEqual([]);
  });

  it('ends every call when it stops, and counts none of them as a failure', async () => {
    const call = supervisor.call(instance, 1_000, () => new Promise(() => undefined));
    const other = supervisor.call({ ...instance, kind: 'channel' }, 1_000, () => 'goes on');
    supervisor.stop('check');
    expect(await other).toEqual({ ok: true, value: 'goes on' });
    expect(await call).toMatchObject({ ok: false, failure: { reason: 'stopped' } });
    expect(await supervisor.call(instance, 1_000, () => new Promise(() => undefined))).toMatchObject({ ok: false });
    expect(errors).toEqual([]);
  });

  it('stops reading a reply that grows too large', async () => {
    const server = createServer((_, response) => response.end(Buffer.alloc(2 ** 21)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const call = await supervisor.call(instance, 60_000, async ({ fetch }) => (await fetch(url)).text());
    expect(call).toMatchObject({ ok: false, failure: { message: expect.stringContaining('1048576') as string } });
    server.close();
  });

  it('binds checks by the schema of their plugin, with the place of every fault', async () => {
    const registry = new PluginRegistry();
    registry.register(desk(), 'here');
    const host = { registry, supervisor, locate };
    const config = { name: 'queue', type: 'depth', intervalMs: 15_000, timeoutMs: 5_000 };
    const good = await createCheck({ ...config, config: { limit: 3 } }, ['checks', 0], host);
    expect(good.ok && (await good.value.run())).toEqual({ ok: true, value: { status: 'healthy', summary: 'limit 3' } });
    const bad = await createCheck({ ...config, config: { limitt: 3 } }, ['checks', 0], host);
    expect(bad.ok ? [] : bad.problems.map(({ path, line, hint }) => [path, line, hint])).toEqual(
      expect.arrayContaining([
        ['checks[0].config.limit', 7, undefined],
        ['checks[0].config.limitt', 7, expect.stringContaining('limit')],
      ]) as unknown[],
    );
    const unknown = await createCheck({ ...config, type: 'dept', config: {} }, ['checks', 0], host);
    expect(unknown).toMatchObject({
      ok: false,
      problems: [{ code: 'CONFIG_REFERENCE', allowed: 'depth', path: 'checks[0].type' }],
    });
  });

  it('makes a retry of a channel that throws', async () => {
    const seen: Notification[] = [];
    const channel = defineChannel({
      type: 'pager',
      description: 'p',
      config: z.strictObject({}),
      sendResolved: false,
      send(_, __, notification) {
        if (seen.push(notification) === 1) throw new Error('bug');
        return sent();
      },
    });
    const registry = new PluginRegistry();
    registry.register(desk({ provides: [channel] }), 'here');
    const bound = await createChannel(
      { name: 'ops', type: 'pager', config: {}, path: ['receivers', 0] },
      { registry, supervisor, locate },
    );
    if (!bound.ok) throw new Error('not bound');
    expect(bound.value.sendResolved).toBe(false);
    expect(await bound.value.send(sampleNotification())).toEqual({ outcome: 'retry', reason: 'bug' });
    expect(await bound.value.send(sampleNotification())).toEqual({ outcome: 'sent' });
  });

  it('lets a channel take as long as it says it may need', async () => {
    let aborted: AbortSignal | undefined;
    const channel = defineChannel({
      type: 'pager',
      description: 'p',
      config: z.strictObject({}),
      sendResolved: true,
      timeoutMs: 60_000,
      send: ({ signal }) => {
        aborted = signal;
        return new Promise(() => undefined);
      },
    });
    const registry = new PluginRegistry();
    registry.register(desk({ provides: [channel] }), 'here');
    const config = { name: 'ops', type: 'pager', config: {}, path: ['receivers', 0] };
    const bound = await createChannel(config, { registry, supervisor, locate });
    if (!bound.ok) throw new Error('not bound');
    const sending = bound.value.send(sampleNotification());
    await clock.advance(59_999);
    expect(aborted?.aborted).toBe(false);
    await clock.advance(201);
    expect(await sending).toEqual({ outcome: 'retry', reason: 'no answer within 60 s' });
    const hasty = await createChannel({ ...config, timeoutMs: 500 }, { registry, supervisor, locate });
    if (!hasty.ok) throw new Error('not bound');
    const sendingHastily = hasty.value.send(sampleNotification());
    await clock.advance(701);
    expect(await sendingHastily).toEqual({ outcome: 'retry', reason: 'no answer within 0.5 s' });
  });

  it.each([undefined, null, 'sent', {}, { outcome: 'maybe' }])(
    'makes a retry of a channel that answers %j',
    async (answer) => {
      const channel = defineChannel({
        type: 'pager',
        description: 'p',
        config: z.strictObject({}),
        sendResolved: true,
        send: () => answer as unknown as ReturnType<typeof sent>,
      });
      const registry = new PluginRegistry();
      registry.register(desk({ provides: [channel] }), 'here');
      const config = { name: 'ops', type: 'pager', config: {}, path: ['receivers', 0] };
      const bound = await createChannel(config, { registry, supervisor, locate });
      if (!bound.ok) throw new Error('not bound');
      expect(await bound.value.send(sampleNotification())).toMatchObject({
        outcome: 'retry',
        reason: expect.stringContaining('sent()') as string,
      });
    },
  );

  it('gives each plugin a meter of its own name', async () => {
    const names: string[] = [];
    const meter = createNoopMeter();
    const { createCounter } = meter;
    meter.createCounter = (name) => {
      names.push(name);
      return createCounter(name);
    };
    const own = new Supervisor({
      clock,
      logger: new RecordingLogger(),
      meter,
      query: () => Promise.resolve([]),
      noteError: () => undefined,
    });
    await own.call(
      { ...instance, plugin: 'order-desk' },
      1_000,
      (context) => void context.meter.createCounter('orders'),
    );
    expect(names).toContain('order_desk.orders');
  });
});
