import { formatProblem, type Logger, type Problem } from '@tapewatch/model';
import type { LoadedConfig } from './check-pipeline-config.js';

type Findings = Pick<LoadedConfig, 'warnings' | 'notes'>;

/** Logs what is odd about the config in force: at a reload only what was not odd before. */
export class FindingsLog {
  readonly #logger: Logger;
  #told: ReadonlySet<string> = new Set();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  tell({ warnings, notes }: Findings): void {
    const told = this.#told;
    const news = (problems: readonly Problem[]): readonly string[] =>
      problems.filter((problem) => !told.has(keyOf(problem))).map(formatProblem);
    for (const text of news(warnings)) this.#logger.warn({}, text);
    for (const text of news(notes)) this.#logger.info({}, text);
    this.#told = new Set([...warnings, ...notes].map(keyOf));
  }
}

/** Its line may have moved. */
function keyOf({ code, path, message }: Problem): string {
  return JSON.stringify([code, path, message]);
}
