import { loadConfig } from '@tapewatch/config';
import { ConfigError, formatProblem } from '@tapewatch/model';
import type { ExitCode } from './exit-codes.js';
import { exitCodes } from './exit-codes.js';
import type { Messages } from './messages/messages.js';
import type { CheckParts } from './part-problems.js';
import { withPartProblems } from './part-problems.js';
import { tellProblems } from './tell-failure.js';
import type { Terminal } from './terminal.js';

export interface CheckConfigOptions {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly baseDir: string;
  readonly terminal: Terminal;
  readonly messages: Messages;
  /** What only the parts themselves can see: venues, plugins' own keys, rules. Gives what they come to, or throws ConfigError. */
  readonly checkParts: CheckParts;
}

/** Prints what a configuration comes to, or every problem it has. */
export async function checkConfig(options: CheckConfigOptions): Promise<ExitCode> {
  const { file, env, baseDir, terminal, messages, checkParts } = options;
  try {
    const config = await loadConfig({ file, env, baseDir });
    const { rules, warnings, notes } = await checkParts(config);
    for (const warning of warnings) terminal.error(messages.checkConfig.warning(formatProblem(warning)));
    for (const note of notes) terminal.error(messages.checkConfig.note(formatProblem(note)));
    terminal.out(messages.checkConfig.ok(file));
    terminal.out(
      messages.checkConfig.summary({
        exchanges: config.exchanges.length,
        symbols: config.exchanges.reduce((count, exchange) => count + exchange.symbols.length, 0),
        checks: config.checks.length,
        rules,
        receivers: config.receivers.length,
      }),
    );
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return tellProblems(await withPartProblems(error, checkParts), terminal, messages);
  }
}
