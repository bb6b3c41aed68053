import type { NamedTemplate } from '../rule-group.js';
import { parseTemplate, TemplateError } from '@tapewatch/go-template';
import type { SourceNode } from './source-node.js';
import { shown } from './source-node.js';

export const timingFields = ['for', 'keep_firing_for'] as const;
export const textFields = ['labels', 'annotations'] as const;

/** What both forms of rule files say of a rule in the same words. */
export interface RuleParts {
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: readonly NamedTemplate[];
  readonly annotations: readonly NamedTemplate[];
}

export function readRuleParts(
  ruleName: string,
  fields: ReadonlyMap<string, SourceNode>,
  groupLabels: readonly NamedTemplate[] = [],
): RuleParts {
  const labels = readTemplates(fields.get('labels'), ruleName, checkLabelName);
  const own = new Set(labels.map(({ name }) => name));
  return {
    forMs: fields.get('for')?.duration() ?? 0,
    keepFiringForMs: fields.get('keep_firing_for')?.duration() ?? 0,
    labels: [...groupLabels.filter(({ name }) => !own.has(name)), ...labels],
    annotations: readTemplates(fields.get('annotations'), ruleName, checkAnnotationName),
  };
}

/** A mapping of names to templates; what cannot be parsed becomes a problem and is left out. */
export function readTemplates(
  node: SourceNode | undefined,
  ruleName: string,
  checkName: (name: string, node: SourceNode) => boolean,
): readonly NamedTemplate[] {
  const templates: NamedTemplate[] = [];
  for (const [name, value] of node?.mapping() ?? []) {
    checkName(name, value);
    const text = value.text();
    const template = text === undefined ? undefined : readTemplate(value, text, ruleName);
    if (template !== undefined) templates.push({ name, template });
  }
  return templates;
}

/** Prometheus 3 takes any UTF-8 text; what is none becomes a problem at the node. */
export function checkLabelName(name: string, node: SourceNode): boolean {
  return (name !== '' && name !== '__name__') || refuseName(name, node);
}

function checkAnnotationName(name: string, node: SourceNode): boolean {
  return name !== '' || refuseName(name, node);
}

function refuseName(name: string, node: SourceNode): false {
  node.problem('CONFIG_INVALID_VALUE', 'This is not a name for a label.', {
    found: shown(name),
    allowed: 'any text but "" and "__name__"',
  });
  return false;
}

function readTemplate(node: SourceNode, text: string, ruleName: string): NamedTemplate['template'] | undefined {
  try {
    return parseTemplate(text, ruleName);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return node.problem('RULE_INVALID', `The template cannot be parsed: ${error.reason}.`, {}, offsetOf(text, error));
  }
}

function offsetOf(text: string, { line, column }: TemplateError): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((offset, row) => offset + row.length + 1, 0) + column - 1;
}
