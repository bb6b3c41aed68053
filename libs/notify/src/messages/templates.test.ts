import { MessageTemplates } from '@tapewatch/go-template';
import { sent } from '@tapewatch/plugin-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../channels/channel.js';
import { alert, NotifierBench, resolved } from '../testing/notifier-bench.js';

const parse = (text: string) => new MessageTemplates().parse(text);

describe('templates of messages', () => {
  let bench: NotifierBench;
  let got: unknown[];
  beforeEach(async () => {
    bench = new NotifierBench();
    await bench.open('ops');
    got = [];
  });
  afterEach(() => bench.close());

  const startWith = (template: NonNullable<Channel['template']>, escape?: (text: string) => string) => {
    const channel: Channel = {
      name: 'ops',
      plugin: 'fake',
      sendResolved: true,
      template,
      ...(escape === undefined ? {} : { escape }),
      send: ({ message }) => {
        got.push(message);
        return Promise.resolve(sent());
      },
    };
    return bench.start({}, { receivers: [{ name: 'ops', channels: [channel] }] });
  };

  it('say what the channel and the ledger say', async () => {
    const notifier = await startWith({
      title: parse('{{ .Status }} {{ .GroupLabels.alertname }}'),
      text: parse('{{ range .Alerts }}{{ .Labels.venue }} since {{ .StartsAt | date "15:04" }}{{ end }}'),
    });
    const a = alert();
    notifier.dispatch([a]);
    await bench.pass(2_000);
    notifier.dispatch([resolved(a, bench.clock.now())]);
    await bench.pass(2_000);
    expect(got).toEqual([
      { title: 'firing A', text: 'binance since 00:00' },
      { title: 'resolved A', text: 'binance since 00:00' },
    ]);
    const page = await notifier.notifications({ first: 1 });
    expect(page.ok && page.value.items[0]?.node.text).toBe('resolved A\nbinance since 00:00');
  });

  it('have their values escaped as the channel needs it', async () => {
    const notifier = await startWith({ text: parse('<b>{{ .CommonAnnotations.summary }}</b>') }, (text) =>
      text.replaceAll('<', '&lt;'),
    );
    notifier.dispatch([alert({ annotations: { summary: '<script>' } })]);
    await bench.settle();
    expect(got).toEqual([{ text: '<b>&lt;script></b>' }]);
  });

  it('give way to the channel’s own words when they fail, and nothing is lost', async () => {
    const notifier = await startWith({ title: parse('{{ .Nope }}'), text: parse('{{ .Status }}') });
    notifier.dispatch([alert()]);
    await bench.settle();
    expect(got).toEqual([{ text: 'firing' }]);
    expect(bench.logger.lines.some(({ message }) => message.includes('a template failed'))).toBe(true);
  });

  it('can be seen before anything is sent', async () => {
    const notifier = await startWith({ title: parse('{{ .Alerts.Firing | len }} of {{ .Alerts | len }}') });
    expect(notifier.preview('ops')).toEqual({
      ok: true,
      value: { channel: 'ops', title: '1 of 2', text: expect.stringContaining('ticker feed of binance') as string },
    });
    expect(notifier.preview('nope')).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
    expect(got).toEqual([]);
  });
});
