import { Labels, type Alert, type Clock, type Language, type Logger, type NotificationOutcome } from '@tapewatch/model';
import type { Notification } from '@tapewatch/plugin-sdk';
import type { Channel } from '../channels/channel.js';
import { compose } from './compose.js';
import { putIntoWords } from './put-into-words.js';
import { sampleAlerts, testAlert } from './sample-alerts.js';
import { wordsOf } from './words-of.js';

/** What a channel would say. */
export interface MessagePreview {
  readonly channel: string;
  readonly title: string;
  readonly text: string;
}

export interface ChannelTest {
  readonly channel: string;
  readonly outcome: NotificationOutcome;
  readonly latencyMs?: number;
  readonly reason?: string;
}

export interface TrialOptions {
  /** The receiver that the channel belongs to. */
  readonly receiver: string;
  readonly channel: Channel;
  readonly externalUrl: () => string;
  readonly language?: Language;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sends a message that says it is a test, at once and once. */
export async function sendTest(by: string, options: TrialOptions): Promise<ChannelTest> {
  const { channel, clock } = options;
  const { name } = channel;
  const at = clock.now();
  const begun = clock.monotonic();
  const about = { kind: 'test', groupLabels: Labels.EMPTY, alerts: [testAlert(name, by, at)], at } as const;
  const result = await channel.send(trial(about, options));
  return {
    channel: name,
    outcome: result.outcome === 'sent' ? 'sent' : 'not_sent',
    latencyMs: clock.monotonic() - begun,
    ...(result.outcome === 'sent' ? {} : { reason: result.reason }),
  };
}

/** What a channel would say of a group with an alert that fires and one that is over; nothing is sent. */
export function previewMessage(options: TrialOptions): MessagePreview {
  const { channel, clock } = options;
  const at = clock.now();
  const alerts = sampleAlerts(at);
  const notification = trial(
    {
      kind: 'preview',
      groupLabels: Labels.of({ alertname: 'ExchangeFeedStale' }),
      alerts: channel.sendResolved ? alerts : alerts.slice(0, 1),
      at,
    },
    options,
  );
  return { channel: channel.name, ...wordsOf(notification) };
}

function trial(
  about: {
    readonly kind: 'test' | 'preview';
    readonly groupLabels: Labels;
    readonly alerts: readonly Alert[];
    readonly at: number;
  },
  { receiver, channel, externalUrl, language, logger }: TrialOptions,
): Notification {
  const notification = compose({
    idempotencyKey: `${channel.name}/${about.kind}/${about.at}`,
    receiver,
    groupKey: about.kind,
    groupLabels: about.groupLabels,
    alerts: about.alerts,
    externalUrl: externalUrl(),
    at: about.at,
    test: about.kind === 'test',
    ...(language === undefined ? {} : { language }),
  });
  return putIntoWords(notification, channel, logger);
}
