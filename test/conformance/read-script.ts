import { parseDuration } from '@tapewatch/model';
import { readExpectation } from './read-expectation.js';
import { readSeries, StartTimestamps } from './read-series.js';
import type { Command, EvalCommand, LoadCommand, LoadedSeries, Steps } from './script.js';
import { ScriptError } from './script.js';
import { withNativeTwins } from './native-twins.js';

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * Reads a script of Prometheus' promqltest. A command that cannot be read is one of kind `unreadable`; reading goes on
 * behind the next empty line.
 */
export function readScript(text: string): Command[] {
  return blocksOf(text).flatMap(readBlock);
}

/** What stands between empty lines; comments count as empty. */
function blocksOf(text: string): Line[][] {
  const blocks: Line[][] = [];
  let open = false;
  text.split('\n').forEach((raw, i) => {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) {
      open = false;
      return;
    }
    if (!open) blocks.push([]);
    open = true;
    blocks.at(-1)?.push({ number: i + 1, text: trimmed });
  });
  return blocks;
}

/** A block is one load or eval with its lines; `clear` may stand before it, and evals without lines may follow. */
function readBlock(block: readonly Line[]): Command[] {
  const commands: Command[] = [];
  let rest = block;
  while (rest.length > 0) {
    const [first, ...below] = rest as [Line, ...Line[]];
    try {
      if (/^clear(?:\s|$)/i.test(first.text)) {
        commands.push({ kind: 'clear' });
        rest = below;
      } else if (/^load/i.test(first.text)) {
        commands.push(readLoad(first, below));
        rest = [];
      } else if (/^eval/i.test(first.text)) {
        const { command, left } = readEval(first, below);
        commands.push(command);
        rest = left;
      } else throw new ScriptError(first.number, `unknown command ${JSON.stringify(first.text)}`);
    } catch (error) {
      const line = error instanceof ScriptError ? error.line : first.number;
      commands.push({ kind: 'unreadable', line, reason: (error as Error).message });
      rest = [];
    }
  }
  return commands;
}

function readLoad({ number, text }: Line, below: readonly Line[]): LoadCommand {
  const parts = /^load(_with_nhcb)?\s+(\S+)$/.exec(text);
  if (parts === null) throw new ScriptError(number, 'expected load[_with_nhcb] STEP');
  const stepMs = readDuration(number, parts[2] as string);
  const starts = new StartTimestamps();
  const series: LoadedSeries[] = [];
  for (const line of below) {
    if (starts.read(line)) continue;
    series.push(starts.applyTo(line, readSeries(line)));
  }
  starts.finish();
  return { kind: 'load', line: number, stepMs, series: parts[1] === undefined ? series : withNativeTwins(series) };
}

const instantCommand = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$/;
const rangeCommand = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/;

function readEval({ number, text }: Line, below: readonly Line[]): { command: EvalCommand; left: readonly Line[] } {
  const instant = instantCommand.exec(text);
  const range = instant === null ? rangeCommand.exec(text) : null;
  if (instant !== null) {
    const atMs = readDuration(number, instant[2] ?? '');
    const { expected, left } = readExpectation(instant[1], below, true);
    const [expression = ''] = instant.slice(3);
    return { command: { kind: 'eval', line: number, expression, when: { atMs }, expected }, left };
  }
  if (range === null) {
    throw new ScriptError(
      number,
      'expected eval instant at TIME QUERY or eval range from TIME to TIME step STEP QUERY',
    );
  }
  const [modifier, from = '', to = '', step = '', expression = ''] = range.slice(1);
  const when = readSteps(number, from, to, step);
  const { expected, left } = readExpectation(modifier, below, false);
  return { command: { kind: 'eval', line: number, expression, when, expected }, left };
}

export function readSteps(line: number, from: string, to: string, step: string): Steps {
  const steps = {
    fromMs: readDuration(line, from),
    toMs: readDuration(line, to),
    stepMs: readDuration(line, step),
  };
  if (steps.toMs < steps.fromMs) throw new ScriptError(line, `the end ${to} is before the start ${from}`);
  if (steps.stepMs <= 0) throw new ScriptError(line, `the step ${step} is not above zero`);
  return steps;
}

function readDuration(line: number, text: string): number {
  const ms = parseDuration(text.trim());
  if (ms === undefined) throw new ScriptError(line, `expected a duration like 5m, found ${JSON.stringify(text)}`);
  return ms;
}
