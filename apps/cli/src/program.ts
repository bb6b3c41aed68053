import { Command, CommanderError } from 'commander';
import type { BacktestArguments } from './backtest/backtest-arguments.js';
import type { RestoreArguments } from './backup/restore-command.js';
import type { ExitCode } from './exit-codes.js';
import { exitCodes } from './exit-codes.js';
import type { Messages } from './messages/messages.js';
import type { ReportArguments } from './report/report-command.js';
import type { QueryArguments } from './query/query-arguments.js';
import { addServerOptions, type ServerArguments } from './running-server/server-arguments.js';
import type { StartArguments } from './start/choose-config.js';
import type { Terminal } from './terminal.js';
import type { TestRulesArguments } from './test-rules/test-rules.js';

export interface ProgramOptions {
  readonly version: string;
  readonly messages: Messages;
  readonly terminal: Terminal;
  readonly commands: {
    start(args: StartArguments): Promise<ExitCode>;
    checkConfig(file: string): Promise<ExitCode>;
    reportDaily(args: ReportArguments): Promise<ExitCode>;
    /** Adds the commands about tokens, sign-in and the audit log; their code goes to `setCode`. */
    addAccess(program: Command, setCode: (code: ExitCode) => void): void;
    /** Adds the commands about routes and notifications, in the same way. */
    addNotifying(program: Command, setCode: (code: ExitCode) => void): void;
    /** Adds the commands about alerts and silences. */
    addAlerting(program: Command, setCode: (code: ExitCode) => void): void;
    backup(file: string, args: ServerArguments): Promise<ExitCode>;
    restore(file: string, args: RestoreArguments): Promise<ExitCode>;
    testRules(args: TestRulesArguments): Promise<ExitCode>;
    query(expression: string, args: QueryArguments): Promise<ExitCode>;
    reload(args: ServerArguments): Promise<ExitCode>;
    backtest(rule: string | undefined, args: BacktestArguments): Promise<ExitCode>;
    testChannel(name: string, args: ServerArguments & { readonly preview?: boolean }): Promise<ExitCode>;
    tsdb(action: 'info' | 'verify', args: Pick<StartArguments, 'config'>): Promise<ExitCode>;
  };
}

/** Obeys a command line (without node and script) and gives the code to exit with. */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const program = describeProgram(options, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}

function addBacktest(
  program: Command,
  messages: Messages,
  run: (rule: string | undefined, args: BacktestArguments) => Promise<void>,
): void {
  const { help } = messages.backtest;
  addServerOptions(program.command('backtest'), messages)
    .description(help.backtest)
    .helpOption('-h, --help', messages.help.help)
    .argument('[rule]', help.rule)
    .option('-f, --file <file>', help.file)
    .option('--rule <name>', help.ruleOption)
    .option('--from <time>', help.from)
    .option('--to <time>', help.to)
    .option('--flap <duration>', help.flap)
    .option('--with-silences', help.withSilences)
    .option('--json', help.json)
    .action(run);
}

function describeProgram(options: ProgramOptions, setCode: (code: ExitCode) => void): Command {
  const { messages, version, commands, terminal } = options;
  const { help } = messages;
  const program = new Command('tapewatch')
    .description(help.description)
    .version(version, '-V, --version', help.version)
    .helpOption('-h, --help', help.help)
    .helpCommand('help [command]', help.helpCommand)
    .configureHelp({ styleTitle: (title) => (help.titles as Readonly<Record<string, string>>)[title] ?? title })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.error(text.trimEnd()),
    })
    .showHelpAfterError('(tapewatch --help)')
    .exitOverride();
  program
    .command('start')
    .description(help.start)
    .helpOption('-h, --help', help.help)
    .option('-c, --config <file>', help.config)
    .option('--demo', help.demo)
    .action(async (args: StartArguments) => setCode(await commands.start(args)));
  program
    .command('check-config')
    .description(help.checkConfig)
    .helpOption('-h, --help', help.help)
    .argument('<file>', help.checkConfigFile)
    .action(async (file: string) => setCode(await commands.checkConfig(file)));
  const report = program.command('report').description(help.report).helpOption('-h, --help', help.help);
  addServerOptions(report.command('daily'), messages)
    .description(help.reportDaily)
    .helpOption('-h, --help', help.help)
    .option('--from <time>', help.reportFrom)
    .option('--to <time>', help.reportTo)
    .option('--format <format>', help.reportFormat)
    .option('--out <file>', help.reportOut)
    .option('--lang <language>', help.reportLang)
    .action(async (args: ReportArguments) => setCode(await commands.reportDaily(args)));
  commands.addAccess(program, setCode);
  addServerOptions(
    program
      .command('backup')
      .description(help.backup)
      .helpOption('-h, --help', help.help)
      .argument('<file>', help.backupFile),
    messages,
  ).action(async (file: string, args: ServerArguments) => setCode(await commands.backup(file, args)));
  program
    .command('restore')
    .description(help.restore)
    .helpOption('-h, --help', help.help)
    .argument('<file>', help.restoreFile)
    .option('--verify', help.verify)
    .option('--force', help.force)
    .option('-c, --config <file>', help.config)
    .action(async (file: string, args: RestoreArguments) => setCode(await commands.restore(file, args)));
  program
    .command('test-rules')
    .description(help.testRules)
    .helpOption('-h, --help', help.help)
    .argument('<files...>', help.testRulesFiles)
    .option('--run <regex>', help.testRulesRun, (regex, before: readonly string[]) => [...before, regex], [])
    .option('--diff', help.testRulesDiff, false)
    .option('--json', help.testRulesJson, false)
    .action(async (files: readonly string[], options: Omit<TestRulesArguments, 'files'>) =>
      setCode(await commands.testRules({ ...options, files })),
    );
  addServerOptions(program.command('reload'), messages)
    .description(help.reload)
    .helpOption('-h, --help', help.help)
    .action(async (args: ServerArguments) => setCode(await commands.reload(args)));
  addBacktest(program, messages, async (rule, args) => setCode(await commands.backtest(rule, args)));
  addServerOptions(program.command('test-channel'), messages)
    .description(help.testChannel)
    .helpOption('-h, --help', help.help)
    .argument('<name>', help.testChannelName)
    .option('--preview', help.testChannelPreview)
    .action(async (name: string, args: ServerArguments & { readonly preview?: boolean }) =>
      setCode(await commands.testChannel(name, args)),
    );
  commands.addNotifying(program, setCode);
  commands.addAlerting(program, setCode);
  addServerOptions(program.command('query'), messages)
    .description(help.query)
    .helpOption('-h, --help', help.help)
    .argument('<expression>', help.queryExpression)
    .option('--at <time>', help.queryAt)
    .option('--from <time>', help.queryFrom)
    .option('--to <time>', help.queryTo)
    .option('--step <duration>', help.queryStep)
    .option('--json', help.queryJson)
    .action(async (expression: string, args: QueryArguments) => setCode(await commands.query(expression, args)));
  const tsdb = program.command('tsdb').description(help.tsdb).helpOption('-h, --help', help.help);
  for (const [action, description] of [
    ['info', help.tsdbInfo],
    ['verify', help.tsdbVerify],
  ] as const) {
    tsdb
      .command(action)
      .description(description)
      .helpOption('-h, --help', help.help)
      .option('-c, --config <file>', help.config)
      .action(async (args: StartArguments) => setCode(await commands.tsdb(action, args)));
  }
  return program;
}
