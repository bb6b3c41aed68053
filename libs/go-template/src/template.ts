import type { Labels } from '@tapewatch/model';
import type { Operand, ParsedTemplate, Pipeline, Statement } from './ast.js';
import { execute } from './evaluator.js';
import type { Surroundings } from './functions.js';
import { refusalOf } from './functions.js';
import { parseText } from './parser.js';
import { TemplateError } from './template-error.js';
import type { Value } from './value.js';
import { MapValue, StructValue } from './value.js';

/** What a template of a rule sees, under Prometheus' names. */
export interface TemplateData extends Surroundings {
  /** `$labels`: of the query's result, `__name__` included where it has one. */
  readonly labels: Labels;
  /** `$value`. */
  readonly value: number;
  /** `$externalLabels`. */
  readonly externalLabels: Readonly<Record<string, string>>;
}

/** A parsed Go template, as labels and annotations of rules hold it. */
export interface Template {
  /** As written. */
  readonly text: string;
  /** No actions: it expands to `text`, always. */
  readonly constant: boolean;
  /** The same labels and value give the same text: it neither queries nor asks for the time. */
  readonly pure: boolean;
  /** Throws a TemplateError when it fails on this data. */
  expand(data: TemplateData): string;
  /** As Prometheus does: a failure becomes the text, as `<error expanding template: ...>`. Never throws. */
  expandOrExplain(data: TemplateData): string;
}

const dataType =
  'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }';

/** Throws a TemplateError with line and column. `ruleName` is what messages call the template by. */
export function parseTemplate(text: string, ruleName: string): Template {
  const name = `__alert_${ruleName}`;
  const parsed = parseText(text, {
    name,
    variables: ['$', '$labels', '$externalLabels', '$externalURL', '$value'],
    refusal: refusalOf,
  });
  return new ParsedRuleTemplate(text, name, parsed);
}

class ParsedRuleTemplate implements Template {
  readonly text: string;
  readonly constant: boolean;
  readonly pure: boolean;
  readonly #name: string;
  readonly #parsed: ParsedTemplate;

  constructor(text: string, name: string, parsed: ParsedTemplate) {
    this.text = text;
    this.#name = name;
    this.#parsed = parsed;
    this.constant = !text.includes('{{');
    this.pure = ![parsed.statements, ...parsed.definitions.values()].some((list) => list.some(callsOutside));
  }

  expand(data: TemplateData): string {
    if (this.constant) return this.text;
    const labels = MapValue.ofLabels(data.labels);
    const externalLabels = MapValue.ofStrings(Object.entries(data.externalLabels));
    const fields: Readonly<Record<string, () => Value>> = {
      Labels: () => labels,
      ExternalLabels: () => externalLabels,
      ExternalURL: () => data.externalUrl,
      Value: () => data.value,
    };
    return execute({
      name: this.#name,
      text: this.text,
      template: this.#parsed,
      data: new StructValue(dataType, fields),
      variables: {
        $labels: labels,
        $externalLabels: externalLabels,
        $externalURL: data.externalUrl,
        $value: data.value,
      },
      surroundings: data,
    });
  }

  expandOrExplain(data: TemplateData): string {
    try {
      return this.expand(data);
    } catch (error) {
      const reason = error instanceof TemplateError ? this.#asPrometheusSays(error) : String(error);
      return `<error expanding template: error executing template ${this.#name}: ${reason}>`;
    }
  }

  #asPrometheusSays({ message, line, column }: TemplateError): string {
    if (line !== 1) return message;
    const place = (at: number): string => `template: ${this.#name}:1:${at}:`;
    return message.replace(place(column - 1), place(column - 1 + prometheusHead.length));
  }
}

/** What Prometheus puts before a template, so that columns of the first line count from there. */
const prometheusHead =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}';

const outside: readonly string[] = ['query', 'now'];

function callsOutside(statement: Statement): boolean {
  switch (statement.kind) {
    case 'text':
    case 'break':
    case 'continue':
      return false;
    case 'action':
      return pipelineCallsOutside(statement.pipeline);
    case 'template':
      return statement.pipeline !== undefined && pipelineCallsOutside(statement.pipeline);
    default:
      return pipelineCallsOutside(statement.pipeline) || [...statement.body, ...statement.otherwise].some(callsOutside);
  }
}

function pipelineCallsOutside(pipeline: Pipeline): boolean {
  return pipeline.commands.some(({ operands }) => operands.some(operandCallsOutside));
}

function operandCallsOutside(operand: Operand): boolean {
  if (operand.kind === 'function') return outside.includes(operand.name);
  if (operand.kind === 'pipeline') return pipelineCallsOutside(operand);
  return operand.kind === 'chain' && operandCallsOutside(operand.base);
}
