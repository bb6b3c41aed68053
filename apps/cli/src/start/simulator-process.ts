import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { delay, messageOf, StartError } from '@tapewatch/model';
import type { Clock, Logger } from '@tapewatch/model';

export interface SimulatorOptions {
  readonly modulePath: string;
  readonly scenarioPath: string;
  readonly statePath: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

export interface SimulatorAddress {
  readonly rest: string;
  readonly ws: string;
}

/** The simulator needs some 15 MB; with the default limits the heap grows to the double before it is swept. */
const smallHeap = ['--max-semi-space-size=1', '--max-old-space-size=64'];
const startDeadlineMs = 15_000;
/** It ends by itself within 700 ms. */
const stopDeadlineMs = 800;
const firstDelayMs = 500;
const longestDelayMs = 10_000;
/** A simulator that lived this long had a good start: the next delay is the first again. */
const steadyMs = 30_000;

/**
 * The exchange simulator as a child in the same process group. It ends with us by its IPC channel, even when we are killed;
 * when it dies by itself it is started again on the same port, with growing delays.
 */
export class SimulatorProcess {
  readonly #options: SimulatorOptions;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #port = 0;
  #delayMs = firstDelayMs;
  #keepsState = false;

  private constructor(options: SimulatorOptions) {
    this.#options = options;
  }

  /** Its state is only read until `keepState`. Rejects with a StartError when the simulator does not listen in time. */
  static async start(options: SimulatorOptions): Promise<{ process: SimulatorProcess; address: SimulatorAddress }> {
    const simulator = new SimulatorProcess(options);
    try {
      const address = await simulator.launch();
      simulator.#port = Number(new URL(address.rest).port);
      simulator.watch();
      return { process: simulator, address };
    } catch (error) {
      await simulator.stop();
      const message = `The exchange simulator did not start: ${messageOf(error)}.`;
      throw new StartError('UNAVAILABLE', message, { cause: error });
    }
  }

  /** To be called once the data folder is ours: from then on the state is written, too. */
  keepState(): void {
    this.#keepsState = true;
    // One that is gone is started again with leave to write.
    if (this.#child?.connected === true) this.#child.send('keep', () => undefined);
  }

  /** Safe twice; ends within a second. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child === undefined || hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = this.#options.clock.setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
    await ended;
    timer.cancel();
  }

  private async launch(): Promise<SimulatorAddress> {
    const { modulePath, scenarioPath, statePath, clock, logger } = this.#options;
    const hold = this.#keepsState ? [] : ['--hold-state'];
    const args = ['--port', String(this.#port), '--scenario', scenarioPath, '--state', statePath, ...hold];
    const child = fork(modulePath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: smallHeap });
    this.#child = child;
    let lastWords = '';
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        lastWords = line;
        logger.info({ simulator: line }, 'exchange simulator');
      });
    }
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(
        () => reject(new Error(`no answer in ${startDeadlineMs / 1000} s`)),
        startDeadlineMs,
      );
      const settle = (): void => timer.cancel();
      const fail = (error: Error): void => {
        settle();
        reject(error);
      };
      child.once('error', fail);
      child.once('close', (code, signal) =>
        fail(new Error(lastWords === '' ? `it ended with ${signal ?? `code ${code}`}` : lastWords)),
      );
      if (child.stdout === null) return;
      createInterface({ input: child.stdout }).on('line', (line) => {
        const address = addressIn(line);
        if (address === undefined) return;
        settle();
        resolve(address);
      });
    });
  }

  private watch(): void {
    const child = this.#child;
    if (child === undefined) return;
    const startedAtMs = this.#options.clock.monotonic();
    const restart = (): void => void this.restart(this.#options.clock.monotonic() - startedAtMs);
    if (hasEnded(child)) restart();
    else child.once('exit', restart);
  }

  private async restart(livedMs: number): Promise<void> {
    const { clock, logger, random } = this.#options;
    if (livedMs >= steadyMs) this.#delayMs = firstDelayMs;
    await delay(clock, this.#delayMs * (0.8 + 0.4 * random()), this.#stopping.signal);
    if (this.#stopping.signal.aborted) return;
    this.#delayMs = Math.min(longestDelayMs, this.#delayMs * 2);
    logger.warn({ livedMs: Math.round(livedMs) }, 'the exchange simulator ended; starting it again');
    try {
      await this.launch();
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'the exchange simulator did not start');
      this.#child?.kill('SIGKILL');
    }
    // A stop that came while it was starting has seen this child and ends it.
    if (!this.#stopping.signal.aborted) this.watch();
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** The addresses in the simulator's line `{"event":"listening","rest":...,"ws":...}`; undefined for any other line. */
function addressIn(line: string): SimulatorAddress | undefined {
  try {
    const message = JSON.parse(line) as Partial<Record<'event' | 'rest' | 'ws', unknown>> | null;
    if (message?.event !== 'listening' || typeof message.rest !== 'string' || typeof message.ws !== 'string')
      return undefined;
    return URL.canParse(message.rest) ? { rest: message.rest, ws: message.ws } : undefined;
  } catch {
    return undefined;
  }
}
