import { accepted, messageOf, refused, type CommandResult, type Matcher } from '@tapewatch/model';
import { parseMatchers } from '@tapewatch/promql';
import type { SilenceView } from './silence.js';

/**
 * A matcher is held against the value of the silence's own matcher of that name, against the empty value where it has none. Finds more than the filter of
 * Alertmanager's API, which asks for the very matcher. Refuses matchers that cannot be read.
 */
export function filterSilences(
  silences: readonly SilenceView[],
  texts: readonly string[] = [],
): CommandResult<readonly SilenceView[]> {
  let wanted: readonly Matcher[];
  try {
    wanted = texts.flatMap((text) => parseMatchers(text));
  } catch (thrown) {
    return refused('INVALID_INPUT', messageOf(thrown), 'matchers');
  }
  return accepted(
    silences.filter(({ matchers }) =>
      wanted.every((one) => one.matches(matchers.find(({ name }) => name === one.name)?.value ?? '')),
    ),
  );
}
