import type { TapewatchConfig } from '@tapewatch/config';
import type { Clock, Logger } from '@tapewatch/model';

/** What a pipeline needs of the world. */
export interface PipelineDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** Base of links, without a trailing slash; asked late, as the port may be known late. */
  readonly externalUrl: () => string;
  readonly shippedRulesDir: string;
  /** Reads the configuration again, from where this one came from; rejects with a ConfigError. Without it there is no reload. */
  readonly readConfig?: () => Promise<TapewatchConfig>;
}
