import { accepted, refused } from '@tapewatch/model';
import type { NotificationView, PipelineCommands, PipelineReader } from '@tapewatch/pipeline';
import { sampleChannels, sampleStart } from '../sample-data.js';

/** One channel, and a ledger of one dead letter and one alert of which nobody was told. */
export class FakeNotifications {
  readonly #told: unknown[];

  /** `told` takes the commands that were given. */
  constructor(told: unknown[]) {
    this.#told = told;
  }

  readonly rows: readonly NotificationView[] = [
    {
      id: '2',
      at: sampleStart,
      channel: 'console',
      alertIds: ['a1'],
      outcome: 'not_sent',
      reason: 'silence s1',
      attempts: 0,
      idempotencyKey: 'console/g/0/held',
    },
    {
      id: '1',
      at: sampleStart,
      channel: 'console',
      alertIds: ['a1', 'a2'],
      outcome: 'dead',
      reason: 'HTTP 401',
      attempts: 3,
      latencyMs: 12.5,
      idempotencyKey: 'console/g/1',
      text: '[FIRING:2]',
    },
  ];

  readonly read = {
    channels: () => Promise.resolve(sampleChannels),
    receivers: () => ['console'],
    notifications: ({ alert, first, after }) => {
      if (after === 'broken')
        return Promise.resolve(refused('INVALID_INPUT', 'after is no cursor of this list', 'after'));
      const found = this.rows.filter(
        ({ id, alertIds }) =>
          (alert === undefined || alertIds.includes(alert)) && Number(id) < Number(after ?? Infinity),
      );
      const items = found.slice(0, first).map((node) => ({ cursor: node.id, node }));
      return Promise.resolve(accepted({ items, hasNextPage: found.length > first }));
    },
    messagePreview: (channel) => {
      if (channel !== 'console') return refused('NOT_FOUND', `No channel is named ${channel}`);
      return accepted({ channel, title: 'T', text: 'x' });
    },
  } satisfies Partial<PipelineReader>;

  readonly commands = {
    testChannel: (name, by) => {
      this.#told.push({ what: 'test', name, by });
      if (name !== 'console') return Promise.resolve(refused('NOT_FOUND', `No channel is named ${name}`));
      return Promise.resolve(accepted({ channel: name, outcome: 'sent', latencyMs: 3 }));
    },
    replayNotification: (id) => {
      this.#told.push({ what: 'replay', id });
      const found = this.rows.find((row) => row.id === id);
      if (found === undefined) return Promise.resolve(refused('NOT_FOUND', `No notification has the id ${id}`));
      if (found.outcome !== 'dead') return Promise.resolve(refused('CONFLICT', `It is ${found.outcome}`));
      return Promise.resolve(accepted({ ...found, outcome: 'retrying' }));
    },
    replayDeadLetters: (channel) => {
      this.#told.push({ what: 'replay all', channel });
      if (channel !== 'console') return Promise.resolve(refused('NOT_FOUND', `No channel is named ${channel}`));
      return Promise.resolve(accepted(1));
    },
  } satisfies Partial<PipelineCommands>;
}
