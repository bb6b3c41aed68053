import type { AlertEvent } from '@tapewatch/model';
import type { AlertFilter, PipelineReader } from '@tapewatch/pipeline';
import { valueOf } from '../graphql/result.js';

/**
 * Tells whether an event passes a filter: `states` is held against the state as of the event, all else against the alert as
 * it is now. Undefined when every event passes. Throws BAD_USER_INPUT when the filter cannot be read.
 */
export function wantedAlertEvents(
  read: Pick<PipelineReader, 'alert' | 'compileAlertFilter'>,
  filter: AlertFilter,
): ((event: AlertEvent) => Promise<boolean>) | undefined {
  const { states, ...rest } = filter;
  const limitsAlert = Object.keys(rest).length > 0;
  if (!limitsAlert) return states === undefined ? undefined : (event) => Promise.resolve(states.includes(event.state));

  const passes = valueOf(read.compileAlertFilter(rest));
  return async (event) => {
    if (states !== undefined && !states.includes(event.state)) return false;
    const alert = await read.alert(event.alertId);
    return alert !== undefined && passes(alert);
  };
}
