import { readScript } from './read-script.js';
import { runCase } from './run-case.js';
import { ScriptStorage } from './script-storage.js';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export interface ScriptReport extends Tally {
  /** By line: what went wrong. */
  readonly failures: readonly { readonly line: number; readonly reason: string }[];
  /** By what was refused: the lines of the cases that need it. */
  readonly skips: ReadonlyMap<string, readonly number[]>;
}

/** Runs a script from its text. A command that cannot be read counts as a failed case. */
export function runScript(text: string): ScriptReport {
  const storage = new ScriptStorage();
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  const failures: { line: number; reason: string }[] = [];
  const skips = new Map<string, number[]>();
  for (const command of readScript(text)) {
    switch (command.kind) {
      case 'clear':
        storage.clear();
        break;
      case 'load':
        storage.load(command);
        break;
      case 'unreadable':
        tally.failed++;
        failures.push(command);
        break;
      case 'eval': {
        const outcome = runCase(command, storage);
        tally[outcome.kind]++;
        const { line, expression } = command;
        if (outcome.kind === 'failed') failures.push({ line, reason: `${expression}: ${outcome.reason}` });
        if (outcome.kind === 'skipped') skips.set(outcome.feature, [...(skips.get(outcome.feature) ?? []), line]);
      }
    }
  }
  return { ...tally, failures, skips };
}
