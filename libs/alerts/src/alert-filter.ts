import {
  accepted,
  messageOf,
  refused,
  severityOf,
  type Alert,
  type AlertState,
  type CommandResult,
  type Matcher,
  type Severity,
} from '@tapewatch/model';
import { parseMatchers } from '@tapewatch/promql';

export interface AlertFilter {
  readonly states?: readonly AlertState[];
  readonly severities?: readonly Severity[];
  readonly acknowledged?: boolean;
  readonly silenced?: boolean;
  /** Alertmanager's matchers, all of which must hold. */
  readonly matchers?: readonly string[];
  /** Started at or after. */
  readonly since?: number;
}

/** A filter whose matchers have been parsed. */
export interface ParsedAlertFilter extends Omit<AlertFilter, 'matchers'> {
  readonly matchers: readonly Matcher[];
}

/** Parses the matchers; refuses with what is wrong with them. */
export function parseAlertFilter({ matchers, ...rest }: AlertFilter): CommandResult<ParsedAlertFilter> {
  try {
    return accepted({ ...rest, matchers: (matchers ?? []).flatMap((text) => parseMatchers(text)) });
  } catch (thrown) {
    return refused('INVALID_INPUT', messageOf(thrown), 'filter.matchers');
  }
}

/** What a filter says of one alert, matchers parsed once. Without states every state passes. */
export function compileAlertFilter(filter: AlertFilter): CommandResult<(alert: Alert) => boolean> {
  const parsed = parseAlertFilter(filter);
  return parsed.ok ? accepted((alert: Alert) => passes(alert, parsed.value)) : parsed;
}

export function passes(alert: Alert, filter: ParsedAlertFilter): boolean {
  if (filter.states !== undefined && !filter.states.includes(alert.state)) return false;
  if (filter.since !== undefined && alert.startsAt < filter.since) return false;
  if (filter.acknowledged !== undefined && filter.acknowledged !== (alert.acknowledgement !== undefined)) return false;
  if (filter.silenced !== undefined && filter.silenced !== (alert.silencedBy !== undefined)) return false;
  if (filter.severities !== undefined) {
    const severity = severityOf(alert.labels);
    if (severity === undefined || !filter.severities.includes(severity)) return false;
  }
  return filter.matchers.every((matcher) => matcher.matches(alert.labels.get(matcher.name)));
}
