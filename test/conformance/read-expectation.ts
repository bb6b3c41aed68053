import { parseNumber } from './parse-number.js';
import type { Line } from './read-script.js';
import { readSteps } from './read-script.js';
import { readSeries } from './read-series.js';
import type { ExpectedText, Expectation, LoadedSeries } from './script.js';
import { ScriptError } from './script.js';
import { unquoteGo } from './unquote-go.js';
import { RE2JS } from 're2js';

type Draft = { -readonly [K in keyof Expectation]: Expectation[K] } & {
  warn: ExpectedText[];
  info: ExpectedText[];
  series: LoadedSeries[];
};

const any: ExpectedText = { kind: 'any' };

/**
 * Reads the lines below an eval. `modifier` is what the older form wrote behind the command (`eval_fail`). Some lines
 * end what belongs to the eval; what is left over are commands of their own.
 */
export function readExpectation(
  modifier: string | undefined,
  lines: readonly Line[],
  isInstant: boolean,
): { expected: Expectation; left: readonly Line[] } {
  const draft: Draft = { ordered: false, warn: [], info: [], noWarn: false, noInfo: false, series: [] };
  applyModifier(draft, modifier);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as Line;
    if (readLine(draft, line, modifier === 'fail', isInstant) === 'last') {
      return { expected: draft, left: lines.slice(i + 1) };
    }
  }
  return { expected: draft, left: [] };
}

function applyModifier(draft: Draft, modifier: string | undefined): void {
  if (modifier === 'fail') draft.fail = any;
  if (modifier === 'ordered') draft.ordered = true;
  if (modifier === 'warn') draft.warn.push(any);
  if (modifier === 'info') draft.info.push(any);
}

function readLine(draft: Draft, line: Line, isOldFail: boolean, isInstant: boolean): 'last' | undefined {
  const { number, text } = line;
  const oldMessage = isOldFail ? /^expected_fail_(message|regexp)\s*(.*)$/.exec(text) : null;
  if (oldMessage !== null) {
    const [, kind = '', wanted = ''] = oldMessage;
    draft.fail = kind === 'message' ? exactly(wanted) : pattern(number, wanted);
    return 'last';
  }
  const range = /^expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)$/.exec(text);
  if (range !== null) {
    const [, from = '', to = '', step = ''] = range;
    draft.steps = readSteps(number, from, to, step);
    return undefined;
  }
  const literal = /^expect string(?:\s+(.*))?$/.exec(text);
  if (literal !== null) {
    draft.text = unquoteGo(number, literal[1] ?? '');
    return undefined;
  }
  if (text.split(' ')[0] === 'expect') {
    readExpectLine(draft, line);
    return undefined;
  }
  const scalar = parseNumber(text);
  if (scalar !== undefined) {
    draft.scalar = scalar;
    return 'last';
  }
  const series = readSeries(line);
  if (series.values.length > 1 && isInstant && draft.steps === undefined) {
    throw new ScriptError(number, 'an instant query gives one value for each series; see expect range vector');
  }
  draft.series.push(series);
  return undefined;
}

const expectLine = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/;

function readExpectLine(draft: Draft, { number, text }: Line): void {
  const parts = expectLine.exec(text);
  if (parts === null) throw new ScriptError(number, 'expected expect TYPE [msg|regex: TEXT]');
  const [, type = '', kind, wanted = ''] = parts;
  const what = kind === undefined ? any : kind === 'msg' ? exactly(wanted) : pattern(number, wanted);
  if (type === 'ordered') draft.ordered = true;
  else if (type === 'no_warn') draft.noWarn = true;
  else if (type === 'no_info') draft.noInfo = true;
  else if (type === 'warn') draft.warn.push(what);
  else if (type === 'info') draft.info.push(what);
  else if (draft.fail !== undefined) throw new ScriptError(number, 'only one expect fail may be given');
  else draft.fail = what;
  if (draft.noWarn && draft.warn.length > 0) throw new ScriptError(number, 'warn and no_warn exclude each other');
  if (draft.noInfo && draft.info.length > 0) throw new ScriptError(number, 'info and no_info exclude each other');
}

/** Scripts of some versions tell neither position nor figures, as upstream compared annotations before these are added. */
function withOrWithoutDetails(matches: (found: string) => boolean): (found: string) => boolean {
  return (found) => matches(found) || matches(found.replace(/(?:, from buckets .*| \(\d+:\d+\))$/, ''));
}

function exactly(wanted: string): ExpectedText {
  const text = wanted.trim();
  return { kind: 'msg', text, matches: withOrWithoutDetails((found) => found === text) };
}

function pattern(line: number, wanted: string): ExpectedText {
  const text = wanted.trim();
  try {
    const compiled = RE2JS.compile(text);
    return { kind: 'regex', text, matches: withOrWithoutDetails((found) => compiled.matcher(found).find()) };
  } catch (error) {
    throw new ScriptError(line, `not a regular expression: ${text} (${(error as Error).message})`);
  }
}
