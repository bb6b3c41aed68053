import type { Labels } from '@tapewatch/model';
import type { SequenceValue } from '@tapewatch/promql';

/** A value that the engine refuses; whoever reads it learns what it was. */
export interface Refused {
  readonly refused: string;
}

export type LoadedValue = SequenceValue | Refused;

export interface LoadedSeries {
  readonly labels: Labels;
  /** One a step, from time 0 on. */
  readonly values: readonly LoadedValue[];
}

export interface LoadCommand {
  readonly kind: 'load';
  readonly line: number;
  readonly stepMs: number;
  readonly series: readonly LoadedSeries[];
}

export type ExpectedText =
  { readonly kind: 'any' } | { readonly kind: 'msg' | 'regex'; readonly text: string; matches(text: string): boolean };

/** What the lines below an eval ask for. */
export interface Expectation {
  readonly ordered: boolean;
  readonly fail?: ExpectedText;
  readonly warn: readonly ExpectedText[];
  readonly info: readonly ExpectedText[];
  readonly noWarn: boolean;
  readonly noInfo: boolean;
  readonly text?: string;
  readonly scalar?: number;
  readonly series: readonly LoadedSeries[];
  /** Where the values of a range vector lie. */
  readonly steps?: Steps;
}

export interface Steps {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly expression: string;
  readonly when: { readonly atMs: number } | Steps;
  readonly expected: Expectation;
}

/** A command that cannot be read. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly line: number;
  readonly reason: string;
}

export type Command = { readonly kind: 'clear' } | LoadCommand | EvalCommand | Unreadable;

/** Thrown while a command is read, caught where commands are told apart. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}
