import { endedBeforeTold, type NotificationView, type Notifier } from '@tapewatch/notify';
import type { BacktestNotification } from './backtest-result.js';
import type { Firings } from './firings.js';
import { heldKey, type ReplayReceiver } from './recorded-notifications.js';

const pageSize = 500;

/** What the ledger says was held back, oldest first. */
export async function notSent(notifier: Notifier): Promise<readonly NotificationView[]> {
  const found: NotificationView[] = [];
  let after: string | undefined;
  do {
    const page = await notifier.notifications({
      ...{ first: pageSize, outcome: 'not_sent' },
      ...(after === undefined ? {} : { after }),
    });
    if (!page.ok) throw new Error(page.refusal.message);
    found.push(...page.value.items.map(({ node }) => node).filter(({ reason }) => reason !== endedBeforeTold));
    after = page.value.hasNextPage ? page.value.items.at(-1)?.cursor : undefined;
  } while (after !== undefined);
  return found.reverse();
}

/** Of which channel and firing the ledger says that something held it back; see `heldKey`. */
export function heldKeys(rows: readonly NotificationView[], firings: Firings): ReadonlySet<string> {
  return new Set(
    rows.flatMap(({ channel, alertIds }) =>
      alertIds.flatMap((id) => {
        const firing = firings.find(id);
        return firing === undefined ? [] : [heldKey(channel, firing)];
      }),
    ),
  );
}

/** In the form of a backtest: alerts by their labels, which its reader knows, instead of ids that are nowhere kept. */
export function heldNotifications(
  rows: readonly NotificationView[],
  firings: Firings,
  receivers: readonly ReplayReceiver[],
): readonly BacktestNotification[] {
  const receiverOf = new Map(
    receivers.flatMap(({ name, channels }) => channels.map((one) => [one.name, name] as const)),
  );
  return rows.map(({ at, channel, alertIds, reason = '' }) => {
    const alerts = alertIds.flatMap((id) => {
      const firing = firings.find(id);
      if (firing === undefined) return [];
      const over = firing.endsAt !== undefined && firing.endsAt <= at;
      return [{ labels: firing.labels, status: over ? ('resolved' as const) : ('firing' as const) }];
    });
    return {
      ...{ at, channel, receiver: receiverOf.get(channel) ?? '', groupLabels: {}, alerts },
      status: alerts.some(({ status }) => status === 'firing') ? ('firing' as const) : ('resolved' as const),
      outcome: 'not_sent' as const,
      reason: withoutIds(reason, firings),
    };
  });
}

/** `inhibited by ID`: the alert is kept nowhere, so it is named. */
function withoutIds(reason: string, firings: Firings): string {
  return reason.replace(/\b[0-9a-f]{20}\b/g, (id) => firings.find(id)?.labels.toString() ?? id);
}
