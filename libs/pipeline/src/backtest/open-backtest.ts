import { existsSync } from 'node:fs';
import { SilenceStore } from '@tapewatch/alerts';
import type { TapewatchConfig } from '@tapewatch/config';
import { languageOf, StartError, type CommandResult } from '@tapewatch/model';
import { checkPipelineConfig } from '../check-pipeline-config.js';
import type { PipelineDependencies } from '../dependencies.js';
import { KeptState, statePath } from '../kept-state.js';
import { openMetrics } from '../open-metrics.js';
import { timeWindows } from '../time-windows.js';
import type { BacktestRequest, BacktestResult } from './backtest-result.js';
import { loadRuleText } from './load-rule-text.js';
import { runBacktest, type BacktestWatch } from './run-backtest.js';

export interface OpenBacktest {
  run(request: BacktestRequest, watch?: BacktestWatch): Promise<CommandResult<BacktestResult>>;
  close(): Promise<void>;
}

/**
 * Backtests over the data folder of a config on which no Tapewatch runs; the folder is locked until `close`. Throws a ConfigError, or a StartError:
 * NOT_FOUND when there is no data, DATA_DIR_IN_USE when one runs.
 */
export async function openBacktest(
  config: TapewatchConfig,
  dependencies: Pick<PipelineDependencies, 'clock' | 'logger' | 'env' | 'shippedRulesDir'>,
): Promise<OpenBacktest> {
  const { registry, groups, receivers } = await checkPipelineConfig(config, dependencies);
  if (!existsSync(statePath(config.dataDir))) {
    const message = `There is no history in ${config.dataDir} yet: name the configuration (--config) or the data folder (TAPEWATCH_DATA_DIR) that Tapewatch runs with`;
    throw new StartError('NOT_FOUND', message);
  }
  // Its lock keeps a server out while the history is read.
  const state = await KeptState.open(config.dataDir, dependencies);
  const metrics = await openMetrics(config, dependencies).catch(async (thrown: unknown) => {
    await state.close();
    throw thrown;
  });
  const { clock, env } = dependencies;
  return {
    run: (request, watch) =>
      runBacktest(
        request,
        {
          ...{ metrics, groups, receivers, clock, route: config.route, language: languageOf(env) },
          ...{ timeWindows: timeWindows(config), inhibitRules: config.inhibitRules },
          silences: () => new SilenceStore(state.database).all(),
          rawMs: config.metrics.backend === undefined ? config.metrics.history.rawMs : Infinity,
          loadFile: (file) => loadRuleText(file, registry),
          externalUrl: config.server.externalUrl ?? 'http://localhost',
        },
        watch,
      ),
    close: async () => {
      await metrics.stop();
      await state.close();
    },
  };
}
