import { ConfigError } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import { parsePath, type TreePath } from './path.js';
import { isDoubtful } from './sound-parts.js';
import type { TapewatchConfig } from './tapewatch-config.js';

/** A file that cannot be used as it is. */
export class ConfigFileError extends ConfigError {
  /** What nothing is wrong with, the rest at its defaults: for whoever can look further into it, so that all problems come at once. */
  readonly sound: TapewatchConfig | undefined;
  readonly #leftOut: readonly TreePath[];

  constructor(
    problems: readonly Problem[],
    sound?: { readonly config: TapewatchConfig; readonly standIns: readonly TreePath[] },
  ) {
    super(problems);
    this.sound = sound?.config;
    this.#leftOut = [...problems.map(({ path }) => parsePath(path ?? '')), ...(sound?.standIns ?? [])];
  }

  /** Whether a problem of `sound` is one of the file, too, and not told yet: it does not come from what was left out. */
  isNews({ file, path }: Problem): boolean {
    const isElsewhere = file !== undefined && this.problems.every((told) => told.file !== file);
    return path === undefined || isElsewhere || !isDoubtful(path, this.#leftOut);
  }
}
