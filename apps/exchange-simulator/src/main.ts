import { readFileSync } from 'node:fs';
import { argv, exit, stderr, stdout } from 'node:process';
import type { CommandLine } from './command-line.js';
import { parseCommandLine, usage, UsageError } from './command-line.js';
import { parseScenario, ScenarioError } from './faults/scenario.js';
import { messageOf } from './log.js';
import type { Simulator } from './simulator.js';
import { startSimulator } from './simulator.js';

const exitCodes = { done: 0, failed: 1, usage: 2 } as const;
/** Well inside the second that whoever stops the simulator may wait. */
const stopDeadlineMs = 700;

// Whoever read these streams may be gone; that must not turn an orderly stop into a crash.
stdout.on('error', () => undefined);
stderr.on('error', () => undefined);

await run();

async function run(): Promise<void> {
  try {
    const command = parseCommandLine(argv.slice(2));
    if (command === 'help') return void stdout.write(usage);
    const starting = start(command);
    stopOnRequest(starting);
    keepStateOnRequest(starting);
    const { rest, ws } = await starting;
    stdout.write(`${JSON.stringify({ event: 'listening', rest, ws })}\n`);
  } catch (error) {
    const isUsers = error instanceof UsageError || error instanceof ScenarioError;
    stderr.write(`${messageOf(error)}\n`);
    exit(isUsers ? exitCodes.usage : exitCodes.failed);
  }
}

function start(command: CommandLine): Promise<Simulator> {
  if (command.holdState === true && process.send === undefined)
    throw new UsageError('--hold-state needs a parent with an IPC channel: nobody else can say that the state is ours');
  return startSimulator({
    host: command.host,
    port: command.port,
    seed: command.seed,
    faults: command.scenarioPath === undefined ? [] : readScenario(command.scenarioPath).faults,
    ...(command.statePath === undefined ? {} : { statePath: command.statePath }),
    holdState: command.holdState === true,
    // The schedule counts from the start of the process, which is where the monotonic clock begins.
    startedAtMs: 0,
    log: (message) => stderr.write(`${message}\n`),
  });
}

function readScenario(path: string) {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`the scenario cannot be read: ${messageOf(error)}`, { cause: error });
  }
  return parseScenario(text, path);
}

/**
 * Ends with code 0 on SIGINT, on SIGTERM, and when the parent that holds the IPC channel is gone. To be called before the
 * start is complete, so that a parent that dies early leaves nothing behind.
 */
function stopOnRequest(starting: Promise<Simulator>): void {
  const stop = (): void => {
    setTimeout(() => exit(exitCodes.done), stopDeadlineMs);
    void starting.then((simulator) => simulator.stop()).finally(() => exit(exitCodes.done));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  if (process.send === undefined) return;
  if (process.connected) process.once('disconnect', stop);
  else stop();
}

/** What `--hold-state` waits for. */
function keepStateOnRequest(starting: Promise<Simulator>): void {
  process.on('message', (message) => {
    if (message !== 'keep') return;
    // A start that fails is told where it is awaited.
    starting.then((simulator) => simulator.keepState()).catch(() => undefined);
  });
}
