import type { TapewatchConfig } from '@tapewatch/config';
import type { Pipeline, PipelineDependencies } from '@tapewatch/pipeline';
import type { ServerOptions, TapewatchServer } from '@tapewatch/server';

/** The parts that `start` puts together. */
export interface Assembly {
  /** Opens and locks the data folder. */
  createPipeline(config: TapewatchConfig, dependencies: PipelineDependencies): Promise<Pipeline>;
  createServer(options: ServerOptions): Promise<TapewatchServer>;
  readonly isExchangeRejection: (reason: unknown) => boolean;
}

/** They are loaded only here: ccxt and Nest take a second, which `--help` and `check-config` need not wait for. */
export async function loadAssembly(): Promise<Assembly> {
  const [{ createPipeline, isExchangeRejection }, { createServer }] = await Promise.all([
    import('@tapewatch/pipeline'),
    import('@tapewatch/server'),
  ]);
  return { createPipeline, createServer, isExchangeRejection };
}
