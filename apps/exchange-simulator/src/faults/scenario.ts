import type { Document } from 'yaml';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { PlannedFault } from './fault.js';
import { plannedFaultSchema } from './fault.js';

/** A script of faults, as a scenario file gives it. */
export interface Scenario {
  readonly faults: readonly PlannedFault[];
}

export interface ScenarioProblem {
  /** From 1; absent when the place in the text is not known. */
  readonly line?: number;
  readonly column?: number;
  /** Where in the tree, as in `faults[0].for`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** All problems of a scenario file at once, one line each: `FILE:LINE:COLUMN PATH: MESSAGE`. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly problems: readonly ScenarioProblem[];

  constructor(file: string, problems: readonly ScenarioProblem[]) {
    super(problems.map((problem) => formatProblem(file, problem)).join('\n'));
    this.problems = problems;
  }
}

const scenarioSchema = z.strictObject(
  { faults: z.array(plannedFaultSchema, { error: 'expected a list of faults' }).max(1000) },
  { error: (issue) => (issue.code === 'invalid_type' ? 'expected a mapping with the key "faults"' : undefined) },
);

/** Reads the text of a scenario file; `file` is only named in errors. Throws `ScenarioError`. */
export function parseScenario(text: string, file: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ScenarioError(
      file,
      document.errors.map((error) => ({ ...placeAt(lines, error.pos[0]), path: '', message: error.message })),
    );
  }
  const checked = scenarioSchema.safeParse(readTree(document, file));
  if (checked.success) return checked.data;
  throw new ScenarioError(
    file,
    checked.error.issues.flatMap((issue) => problemsOf(issue, document, lines)),
  );
}

/** `faults[0].for` */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

function readTree(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ScenarioError(file, [{ path: '', message: error instanceof Error ? error.message : String(error) }]);
  }
}

function problemsOf(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): ScenarioProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ ...placeOf(issue.path, document, lines), path: formatPath(issue.path), message: issue.message }];
  }
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    return { ...placeOf(path, document, lines), path: formatPath(path), message: 'unknown key' };
  });
}

/** The place of a value, or of the nearest thing around it when the value is missing. */
function placeOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): Partial<ScenarioProblem> {
  for (let depth = path.length; depth >= 0; depth--) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return placeAt(lines, node.range[0]);
  }
  return {};
}

function placeAt(lines: LineCounter, offset: number): Partial<ScenarioProblem> {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function formatProblem(file: string, { line, column, path, message }: ScenarioProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return `${place}${path === '' ? '' : ` ${path}`}: ${message}`;
}
