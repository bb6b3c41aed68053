import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { loadConfig } from '@tapewatch/config';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { printable } from '../printable.js';
import { chooseConfig } from '../start/choose-config.js';
import { createStyle } from '../style.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';

export interface RoutesOptions {
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly baseDir: string;
  readonly demoConfig: string;
  readonly setCode: (code: ExitCode) => void;
}

interface RoutesArguments {
  readonly config?: string;
}

interface RouteTestArguments extends RoutesArguments {
  readonly tree?: boolean;
  /** As amtool takes it: names of receivers, separated by commas. */
  readonly 'verify.receivers'?: string;
}

/** `routes show` and `routes test`, as amtool's `config routes`: from the configuration file, without a server. */
export function addRoutesCommand(program: Command, options: RoutesOptions): void {
  const { help } = options.messages;
  const routes = program.command('routes').description(help.routes).helpOption('-h, --help', help.help);
  routes
    .command('show')
    .description(help.routesShow)
    .helpOption('-h, --help', help.help)
    .option('-c, --config <file>', help.config)
    .action(async (args: RoutesArguments) => options.setCode(await told(options, () => show(args, options))));
  routes
    .command('test')
    .description(help.routesTest)
    .helpOption('-h, --help', help.help)
    .argument('[labels...]', help.routesLabels)
    .option('--verify.receivers <names>', help.routesVerify)
    .option('--tree', help.routesTree)
    .option('-c, --config <file>', help.config)
    .action(async (labels: readonly string[], args: RouteTestArguments) =>
      options.setCode(await told(options, () => test(labels, args, options))),
    );
}

async function told({ terminal, messages }: RoutesOptions, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    return tellFailure(error, terminal, messages);
  }
}

function configOf(args: RoutesArguments, { baseDir, demoConfig, env }: RoutesOptions) {
  const { file } = chooseConfig(args, demoConfig, existsSync);
  return loadConfig({ file, env, baseDir });
}

async function show(args: RoutesArguments, options: RoutesOptions): Promise<ExitCode> {
  const { showRoutes } = await import('@tapewatch/pipeline');
  const lines = showRoutes(await configOf(args, options));
  options.terminal.out(options.messages.routes.tree);
  for (const line of lines) options.terminal.out(printable(line));
  return exitCodes.done;
}

async function test(labels: readonly string[], args: RouteTestArguments, options: RoutesOptions): Promise<ExitCode> {
  const { terminal, messages } = options;
  const { testRoutes } = await import('@tapewatch/pipeline');
  const result = testRoutes(await configOf(args, options), labels);
  if ('notLabel' in result) throw new UsageError(messages.routes.notLabel(result.notLabel));
  if (args.tree === true) {
    terminal.out(messages.routes.matching);
    for (const line of result.tree) terminal.out(printable(line));
    terminal.out('');
  }
  const receivers = result.receivers.join(',');
  terminal.out(printable(receivers));
  const expected = args['verify.receivers'];
  if (expected === undefined || expected === receivers) return exitCodes.done;
  terminal.error(createStyle(terminal.colours.error).alarm(messages.routes.notExpected(expected)));
  return exitCodes.failed;
}
