import type { TapewatchConfig } from '@tapewatch/config';
import { systemClock } from '@tapewatch/model';
import { addAccessCommands } from './access/access-commands.js';
import { checkConfig } from './check-config.js';
import { createLogger } from './create-logger.js';
import { chooseMessages } from './messages/choose-messages.js';
import { runProgram } from './program.js';
import { queryCommand } from './query/query-command.js';
import { reload } from './reload.js';
import { reportDaily } from './report/report-command.js';
import { dataDirOf, findRunningServer } from './running-server/find-running-server.js';
import type { ServerArguments } from './running-server/server-arguments.js';
import { loadAssembly } from './start/assembly.js';
import { hasTerminal } from './start/has-terminal.js';
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
    testChannel: (name, args) => testChannel({ name, terminal, messages, findServer: () => runningServer(args) }),
    query: (expression, args) =>
      queryCommand({
        ...{ expression, args, terminal, messages, clock: systemClock },
        findServer: () => runningServer(args),
      }),
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

/** The parts are loaded only for the commands that need them. */
async function checkParts(config: TapewatchConfig): Promise<number> {
  const { checkPipelineConfig } = await import('@tapewatch/pipeline');
  const { groups } = await checkPipelineConfig(config, {
    clock: systemClock,
    logger: createLogger(terminal, 'warn'),
    env: process.env,
    shippedRulesDir: findWorkspace().shippedRulesDir,
  });
  return groups.reduce((count, group) => count + group.rules.length, 0);
}
