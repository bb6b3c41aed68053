import { parseArgs } from 'node:util';
import { isLoopback } from './loopback.js';
import { messageOf } from './log.js';

export const usage = `Usage: node dist/main.js [options]

A crypto exchange on your own machine: Binance spot's REST and WebSocket market data, with faults on demand.
Prints one line of JSON on stdout when it listens; everything else goes to stderr.

  --port N         port to listen on; 0, the default, takes a free one
  --host HOST      loopback address to listen on (127.0.0.1)
  --seed N         seed of the random walk, 0 to 4294967295 (1); the same seed gives the same prices
  --scenario FILE  script of faults (YAML)
  --state FILE     keeps the walk over restarts
  --hold-state     with --state: leaves the file as it is until the parent says "keep" over the IPC channel
  --help           this text
`;

export interface CommandLine {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly scenarioPath?: string;
  readonly statePath?: string;
  /** The state file is read, but not touched before the parent allows it. */
  readonly holdState?: boolean;
}

/** Thrown for a command line that cannot be obeyed; the message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads the arguments after the script's name; 'help' when help was asked for. Throws `UsageError`. */
export function parseCommandLine(args: readonly string[]): CommandLine | 'help' {
  const values = read(args);
  if (values.help === true) return 'help';
  if (values['hold-state'] === true && values.state === undefined) throw new UsageError('--hold-state needs --state');
  const host = values.host ?? '127.0.0.1';
  if (!isLoopback(host)) {
    throw new UsageError(`--host ${host} is not of this machine; the simulator listens on loopback only (127.0.0.1)`);
  }
  return {
    host,
    port: wholeNumber('--port', values.port ?? '0', 65_535),
    seed: wholeNumber('--seed', values.seed ?? '1', 4_294_967_295),
    ...(values.scenario === undefined ? {} : { scenarioPath: values.scenario }),
    ...(values.state === undefined ? {} : { statePath: values.state }),
    ...(values['hold-state'] === true ? { holdState: true } : {}),
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        seed: { type: 'string' },
        scenario: { type: 'string' },
        state: { type: 'string' },
        'hold-state': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw new UsageError(`${option} must be a whole number from 0 to ${most}, not ${JSON.stringify(text)}`);
}
