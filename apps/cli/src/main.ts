import { loadConfig, type TapewatchConfig } from '@tapewatch/config';
import { systemClock } from '@tapewatch/model';
import { addAccessCommands } from './access/access-commands.js';
import type { BacktestPlace } from './backtest/backtest-command.js';
import { addAlertCommand } from './alerts/alert-command.js';
import { checkConfig } from './check-config.js';
import { createLogger } from './create-logger.js';
import { chooseMessages } from './messages/choose-messages.js';
import type { PartsFindings } from './part-problems.js';
import { addNotificationsCommand } from './notifications/notifications-command.js';
import { runProgram } from './program.js';
import { queryCommand } from './query/query-command.js';
import { reload } from './reload.js';
import { reportDaily } from './report/report-command.js';
import { addRoutesCommand } from './routes/routes-command.js';
import { answeringServer, configFileOf, dataDirOf, findRunningServer } from './running-server/find-running-server.js';
import type { ServerArguments } from './running-server/server-arguments.js';
import { addSilenceCommand } from './silences/silence-command.js';
import { loadAssembly } from './start/assembly.js';
import { hasTerminal } from './start/has-terminal.js';
import { withSimulator } from './start/start.js';
import { startCommand } from './start/start-command.js';
import { createTerminal } from './terminal.js';
import { testChannel } from './test-channel.js';
import { testRules } from './test-rules/test-rules.js';
import { tsdbCommand } from './tsdb/tsdb-command.js';
import { findWorkspace, programVersion } from './workspace.js';

const terminal = createTerminal(process.stdout, process.stderr, process.env);
const messages = chooseMessages(process.env);
const version = programVersion();

const code = await runProgram(process.argv.slice(2), {
  version,
  messages,
  terminal,
  commands: {
    start: (args) =>
      startCommand(args, {
        ...{ process, hasTerminal, terminal, messages, version, loadAssembly, checkParts },
        workspace: findWorkspace(),
        clock: systemClock,
        random: Math.random,
      }),
    checkConfig: (file) =>
      checkConfig({
        ...{ file, terminal, messages, checkParts },
        env: process.env,
        baseDir: process.cwd(),
      }),
    reportDaily: (args) =>
      reportDaily(args, {
        ...{ terminal, messages, fetch },
        env: process.env,
        baseDir: process.cwd(),
        demoConfig: findWorkspace().demoConfig,
      }),
    addAccess: (program, setCode) =>
      addAccessCommands(program, {
        ...{ terminal, messages, setCode, fetch },
        env: process.env,
        baseDir: process.cwd(),
        demoConfig: findWorkspace().demoConfig,
        clock: systemClock,
        logger: createLogger(terminal, 'error'),
      }),
    addNotifying: (program, setCode) => {
      addRoutesCommand(program, {
        ...{ terminal, messages, setCode },
        env: process.env,
        baseDir: process.cwd(),
        demoConfig: findWorkspace().demoConfig,
      });
      addNotificationsCommand(program, { terminal, messages, setCode, findServer: runningServer });
    },
    addAlerting: (program, setCode) => {
      const options = { terminal, messages, setCode, findServer: runningServer, clock: systemClock };
      addAlertCommand(program, options);
      addSilenceCommand(program, { ...options, input: process.stdin });
    },
    backup: async (file, args) => {
      const { backupCommand } = await import('./backup/backup-command.js');
      return backupCommand(file, args, { ...around(), version, fetch });
    },
    restore: async (file, args) => {
      const { restoreCommand } = await import('./backup/restore-command.js');
      return restoreCommand(file, args, { ...around(), knownMigrations });
    },
    testRules: (args) => testRules(args, { terminal, messages, runTests }),
    reload: (args) => reload({ terminal, messages, findServer: () => runningServer(args) }),
    testChannel: (name, args) =>
      testChannel({
        ...{ name, terminal, messages, preview: args.preview === true },
        findServer: () => runningServer(args),
      }),
    query: (expression, args) =>
      queryCommand({
        ...{ expression, args, terminal, messages, clock: systemClock },
        findServer: () => runningServer(args),
      }),
    backtest: async (rule, args) => {
      const { backtestCommand } = await import('./backtest/backtest-command.js');
      const here = around();
      return backtestCommand({ rule, args, ...here, openPlace: () => backtestPlace(args, here.signal) });
    },
    tsdb: (action, args) =>
      tsdbCommand({
        ...{ action, terminal, messages },
        dataDir: () =>
          dataDirOf(args, { env: process.env, baseDir: process.cwd(), demoConfig: findWorkspace().demoConfig }),
      }),
  },
});

// Not process.exitCode: a handle that someone forgot must not keep a stopped program alive.
process.exit(code);

/** What the commands have in common that work for a while and then end. */
function around() {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return {
    ...{ terminal, messages },
    env: process.env,
    baseDir: process.cwd(),
    demoConfig: findWorkspace().demoConfig,
    clock: systemClock,
    signal: stop.signal,
  };
}

async function knownMigrations(): Promise<readonly string[]> {
  const { stateMigrations } = await import('@tapewatch/pipeline');
  return stateMigrations.map(({ name }) => name);
}

async function runTests(files: readonly string[], isWanted: (test: string) => boolean) {
  const { testRuleFiles } = await import('@tapewatch/pipeline');
  return testRuleFiles(files, { clock: systemClock, isWanted });
}

function runningServer(args: ServerArguments) {
  const { demoConfig } = findWorkspace();
  return findRunningServer(args, { env: process.env, baseDir: process.cwd(), demoConfig, fetch });
}

/** The server where one runs, else the data folder. */
async function backtestPlace(args: ServerArguments, signal: AbortSignal): Promise<BacktestPlace> {
  const { folderPlace, serverPlace } = await import('./backtest/backtest-places.js');
  const { demoConfig, shippedRulesDir } = findWorkspace();
  const around = { env: process.env, baseDir: process.cwd(), demoConfig, fetch };
  const server = await answeringServer(args, around);
  if (server !== undefined) return serverPlace(server, systemClock);
  const file = configFileOf(args, around);
  // Of the demo only what it left is read, so that its venue need not be there.
  const env = file === demoConfig ? withSimulator(process.env, 'http://127.0.0.1:1', 'ws://127.0.0.1:1') : process.env;
  const config = await loadConfig({ file, env, baseDir: process.cwd() });
  const logger = createLogger(terminal, 'error');
  return folderPlace({ config, clock: systemClock, logger, env: process.env, shippedRulesDir, signal });
}

/** The parts are loaded only for the commands that need them. */
async function checkParts(config: TapewatchConfig): Promise<PartsFindings> {
  const { checkPipelineConfig } = await import('@tapewatch/pipeline');
  const { groups, warnings, notes } = await checkPipelineConfig(config, {
    clock: systemClock,
    logger: createLogger(terminal, 'warn'),
    env: process.env,
    shippedRulesDir: findWorkspace().shippedRulesDir,
  });
  return { rules: groups.reduce((count, group) => count + group.rules.length, 0), warnings, notes };
}
