import type { TapewatchConfig } from '@tapewatch/config';
import { delay, StartError, type Clock, type Logger } from '@tapewatch/model';
import { acceptedAnswer, type RunningServer } from '../running-server/running-server.js';
import type { BacktestPlace } from './backtest-command.js';
import { backtestQuery, viewOf, type BacktestView } from './backtest-view.js';

const lookMs = 500;

/** The running server does it, and is asked how far it is. */
export function serverPlace(server: Pick<RunningServer, 'graphql'>, clock: Clock): BacktestPlace {
  const ended = new AbortController();
  return {
    async run({ from, to, rule, file, flapWithinMs, withSilences }, text, progress) {
      const asked = server.graphql<{ backtestRule: BacktestView }>(backtestQuery, {
        ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString() },
        ...{ flapWithin: `${flapWithinMs}ms`, rule: rule ?? null, text: text ?? null },
        withSilences,
        ...(file === undefined ? {} : { file }),
      });
      const watching = watch(server, clock, progress, ended.signal);
      try {
        return acceptedAnswer((await asked).backtestRule);
      } finally {
        ended.abort();
        await watching;
      }
    },
    close: () => {
      ended.abort();
      return Promise.resolve();
    },
  };
}

async function watch(
  server: Pick<RunningServer, 'graphql'>,
  clock: Clock,
  progress: (share: number) => void,
  ended: AbortSignal,
): Promise<void> {
  for (;;) {
    await delay(clock, lookMs, ended);
    if (ended.aborted) return;
    try {
      const { backtestProgress } = await server.graphql<{ backtestProgress: { share: number } | null }>(
        '{ backtestProgress { share } }',
      );
      if (backtestProgress !== null) progress(backtestProgress.share);
    } catch {
      // The bar is the least of it: whether the backtest fails, its own answer tells.
    }
  }
}

export interface FolderPlaceOptions {
  readonly config: TapewatchConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly env: NodeJS.ProcessEnv;
  readonly shippedRulesDir: string;
  readonly signal: AbortSignal;
}

/** This process, over a data folder on which no Tapewatch runs. Throws ConfigError or StartError. */
export async function folderPlace({ config, signal, ...dependencies }: FolderPlaceOptions): Promise<BacktestPlace> {
  // Loaded only here: it takes a second.
  const { openBacktest } = await import('@tapewatch/pipeline');
  const backtest = await openBacktest(config, dependencies);
  return {
    async run({ file, ...wanted }, text, progress) {
      const request = {
        ...wanted,
        ...(file === undefined || text === undefined ? {} : { file: { name: file, text } }),
      };
      const result = await backtest.run(request, { signal, progress: (done, total) => progress(done / total) });
      if (!result.ok) throw new StartError(result.refusal.code, result.refusal.message);
      return viewOf(result.value);
    },
    close: () => backtest.close(),
  };
}
