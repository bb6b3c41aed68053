import type { TapewatchConfig } from '@tapewatch/config';
import { ConfigFileError } from '@tapewatch/config';
import { ConfigError } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';

/** What the parts make of a configuration that nothing is wrong with. */
export interface PartsFindings {
  /** How many. */
  readonly rules: number;
  /** What has no effect, or cannot be delivered. */
  readonly warnings: readonly Problem[];
  /** What may well be meant so. */
  readonly notes: readonly Problem[];
}

/** Asks the parts what they think of a configuration; rejects with a ConfigError. */
export type CheckParts = (config: TapewatchConfig) => Promise<PartsFindings>;

/** Adds what the parts find wrong with what the file's own check has nothing against, so that all is told at once. */
export async function withPartProblems(error: ConfigError, checkParts: CheckParts): Promise<ConfigError> {
  if (!(error instanceof ConfigFileError) || error.sound === undefined) return error;
  try {
    await checkParts(error.sound);
    return error;
  } catch (more) {
    if (!(more instanceof ConfigError)) throw more;
    const problems = [...error.problems, ...more.problems.filter((problem) => error.isNews(problem))];
    return new ConfigError(problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)));
  }
}
