import type { Alert, AlertEvent, AlertState } from '@tapewatch/model';
import type { AlertFilter, PipelineReader } from '@tapewatch/pipeline';
import { valueOf } from '../graphql/result.js';

const everyState: readonly AlertState[] = ['pending', 'firing', 'resolved', 'inactive'];
const mostEpisodes = 200;

/**
 * Tells whether an event passes a filter: `states` is held against the state as of the event, all else against the alert as
 * it is now. What a filter means is defined once, where alerts are read, so the alert is looked for there.
 * Undefined when every event passes. Throws BAD_USER_INPUT when the filter cannot be read.
 */
export async function wantedAlertEvents(
  read: Pick<PipelineReader, 'alert' | 'alerts'>,
  filter: AlertFilter,
): Promise<((event: AlertEvent) => Promise<boolean>) | undefined> {
  const { states, ...rest } = filter;
  const limitsAlert = Object.keys(rest).length > 0;
  if (!limitsAlert) return states === undefined ? undefined : (event) => Promise.resolve(states.includes(event.state));

  valueOf(await read.alerts({ first: 1, filter }));
  return async (event) => {
    if (states !== undefined && !states.includes(event.state)) return false;
    const alert = await read.alert(event.alertId);
    return alert !== undefined && (await passes(read, alert, rest));
  };
}

/** Asks for the episodes of the alert's own label set, of which there are few, that pass the filter. */
async function passes(read: Pick<PipelineReader, 'alerts'>, alert: Alert, filter: AlertFilter): Promise<boolean> {
  const ownLabels = [...alert.labels.entries()].map(
    ([name, value]) => `${JSON.stringify(name)}=${JSON.stringify(value)}`,
  );
  const found = await read.alerts({
    first: mostEpisodes,
    filter: {
      ...filter,
      states: everyState,
      since: Math.max(filter.since ?? 0, alert.startsAt),
      matchers: [...(filter.matchers ?? []), ...ownLabels],
    },
  });
  return valueOf(found).items.some(({ node }) => node.id === alert.id);
}
