import { ConfigError } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import type { TapewatchConfig } from './tapewatch-config.js';

/** A file that cannot be used as it is. */
export class ConfigFileError extends ConfigError {
  /** The sections that nothing is wrong with, the rest at its defaults: for whoever can look further into them, so that all problems come at once. */
  readonly sound: TapewatchConfig | undefined;

  constructor(problems: readonly Problem[], sound?: TapewatchConfig) {
    super(problems);
    this.sound = sound;
  }
}
