import type { Branch, Command, Operand, ParsedTemplate, Pipeline, Statement } from './ast.js';
import { decides } from './comparison.js';
import type { Parameter, Surroundings, TemplateFunction } from './functions.js';
import { functionNamed } from './functions.js';
import { printed } from './print.js';
import { placeIn, TemplateError } from './template-error.js';
import type { Value } from './value.js';
import { isList, isTrue, MapValue, methodsOf, queryResultType, sampleType, StructValue, typeName } from './value.js';

export interface Execution {
  readonly name: string;
  readonly text: string;
  readonly template: ParsedTemplate;
  /** `.` and `$`. */
  readonly data: Value;
  readonly variables: Readonly<Record<string, Value>>;
  readonly surroundings: Surroundings;
  /** Those that templates of this sort can call; Prometheus' when left out. */
  readonly functions?: (name: string) => TemplateFunction | undefined;
  /** What is done to the text of a value before it is written, unless it says that it is markup. */
  readonly escape?: (text: string) => string;
}

/** A text that is markup already. */
export const markupType = 'template.HTML';

/** An annotation is read by a person; these only stop what would never end. */
const maxSteps = 100_000;
const maxDepth = 100;
const maxLength = 1 << 20;

/** Runs a parsed template. Throws a TemplateError. */
export function execute(execution: Execution): string {
  return new Evaluator(execution).run();
}

class Leap extends Error {
  readonly kind: 'break' | 'continue';

  constructor(kind: 'break' | 'continue') {
    super(kind);
    this.kind = kind;
  }
}

interface Variable {
  readonly name: string;
  value: Value;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

class Evaluator {
  readonly #execution: Execution;
  #variables: Variable[];
  #output = '';
  #steps = 0;
  #depth = 0;

  constructor(execution: Execution) {
    this.#execution = execution;
    this.#variables = [
      { name: '$', value: execution.data },
      ...Object.entries(execution.variables).map(([name, value]) => ({ name, value })),
    ];
  }

  run(): string {
    this.#list(this.#execution.template.statements, this.#execution.data);
    return this.#output;
  }

  #list(statements: readonly Statement[], dot: Value): void {
    for (const statement of statements) this.#statement(statement, dot);
  }

  #statement(statement: Statement, dot: Value): void {
    if (++this.#steps > maxSteps) this.#fail('the template takes too many steps', statement);
    switch (statement.kind) {
      case 'text':
        return this.#write(statement.text, statement);
      case 'action':
        return this.#action(statement.pipeline, dot);
      case 'template':
        return this.#invocation(statement, dot);
      case 'break':
      case 'continue':
        throw new Leap(statement.kind);
      default:
        return this.#scoped(() =>
          statement.kind === 'range' ? this.#range(statement, dot) : this.#branch(statement, dot),
        );
    }
  }

  #write(text: string, span: Span): void {
    this.#output += text;
    if (this.#output.length > maxLength) this.#fail('the text grows too long', span);
  }

  #action(pipeline: Pipeline, dot: Value): void {
    const value = this.#pipeline(pipeline, dot);
    if (pipeline.variables.length > 0) return;
    const { escape } = this.#execution;
    const text = value === undefined ? '<no value>' : printed(value);
    const isMarkup = value instanceof StructValue && value.typeName === markupType;
    this.#write(escape === undefined || isMarkup ? text : escape(text), pipeline);
  }

  #branch(branch: Branch, dot: Value): void {
    const value = this.#pipeline(branch.pipeline, dot);
    if (isTrue(value)) this.#list(branch.body, branch.kind === 'with' ? value : dot);
    else this.#list(branch.otherwise, dot);
  }

  #range(branch: Branch, dot: Value): void {
    const over = this.#value(branch.pipeline, dot);
    let any = false;
    for (const [key, item] of this.#items(over, branch.pipeline)) {
      any = true;
      if (++this.#steps > maxSteps) this.#fail('the template takes too many steps', branch);
      if (!this.#turn(branch, key, item)) return;
    }
    if (!any) this.#list(branch.otherwise, dot);
  }

  /** One turn of a range; false after a break. */
  #turn(branch: Branch, key: Value, item: Value): boolean {
    const { variables, assigns } = branch.pipeline;
    try {
      this.#scoped(() => {
        const values = variables.length === 2 ? [key, item] : [item];
        variables.forEach((name, i) => this.#set(name, values[i], assigns));
        this.#list(branch.body, item);
      });
      return true;
    } catch (error) {
      if (!(error instanceof Leap)) throw error;
      return error.kind === 'continue';
    }
  }

  *#items(over: Value, span: Span): Iterable<readonly [Value, Value]> {
    if (over instanceof MapValue) yield* over.sorted();
    else if (isList(over)) for (let i = 0; i < over.length; i++) yield [BigInt(i), over[i]];
    else if (typeof over === 'bigint') for (let i = 0n; i < over; i++) yield [i, i];
    else if (over !== undefined) this.#fail(`range can't iterate over ${printed(over)}`, span);
  }

  #invocation(statement: Extract<Statement, { kind: 'template' }>, dot: Value): void {
    const data = statement.pipeline === undefined ? undefined : this.#pipeline(statement.pipeline, dot);
    this.#runNamed(statement.name, data, statement);
  }

  #runNamed(name: string, data: Value, span: Span): void {
    const body = this.#execution.template.definitions.get(name);
    if (body === undefined) return this.#fail(`template ${JSON.stringify(name)} not defined`, span);
    if (++this.#depth > maxDepth) this.#fail('exceeded maximum template depth', span);
    const outer = this.#variables;
    this.#variables = [{ name: '$', value: data }];
    this.#list(body, data);
    this.#variables = outer;
    this.#depth--;
  }

  /** Variables end with the block that made them. */
  #scoped(run: () => void): void {
    const outer = this.#variables.length;
    try {
      run();
    } finally {
      this.#variables.length = outer;
    }
  }

  #set(name: string, value: Value, assigns: boolean): void {
    const known = assigns ? this.#variables.findLast((variable) => variable.name === name) : undefined;
    if (known === undefined) this.#variables.push({ name, value });
    else known.value = value;
  }

  #pipeline(pipeline: Pipeline, dot: Value): Value {
    const value = this.#value(pipeline, dot);
    for (const name of pipeline.variables) this.#set(name, value, pipeline.assigns);
    return value;
  }

  #value(pipeline: Pipeline, dot: Value): Value {
    const [first, ...rest] = pipeline.commands as readonly [Command, ...Command[]];
    return rest.reduce<Value>((piped, command) => this.#command(command, dot, [piped]), this.#command(first, dot, []));
  }

  /** `piped` is what the stage before gave: the last argument. */
  #command(command: Command, dot: Value, piped: readonly Value[]): Value {
    const [first, ...operands] = command.operands as readonly [Operand, ...Operand[]];
    if (first.kind === 'function') return this.#call(command, first.name, operands, dot, piped);
    if (operands.length + piped.length > 0) return this.#method(command, first, operands, dot, piped);
    if (first.kind === 'nil') return this.#fail('nil is not a command', first);
    return this.#operand(first, dot);
  }

  /** A field with arguments: a method, of the few values that have any. */
  #method(command: Command, first: Operand, operands: readonly Operand[], dot: Value, piped: readonly Value[]): Value {
    const name = 'path' in first ? first.path.at(-1) : undefined;
    if (!('path' in first) || name === undefined) return this.#fail(notAFunction(first, this.#source(first)), first);
    const base = this.#operand({ ...first, path: first.path.slice(0, -1) }, dot);
    const ofOne = methodsOf(base)?.ofOne;
    if (ofOne !== undefined && Object.hasOwn(ofOne, name)) {
      const [operand] = operands;
      const argument = operand === undefined ? piped[0] : this.#operand(operand, dot);
      return ofOne[name]?.(argument);
    }
    const method = base instanceof StructValue ? base.method(name) : undefined;
    if (method === undefined) return this.#fail(notAFunction(first, this.#source(first)), first);
    const count = operands.length + piped.length;
    if (count !== 1) this.#fail(`wrong number of args for ${name}: want 1 got ${count}`, first);
    const [operand] = operands;
    const argument =
      operand === undefined ? this.#checked(piped[0], 'string', command) : this.#argument(operand, dot, 'string');
    return method(argument as string);
  }

  /** `tmpl NAME DATA`: the text of a template that is defined in this one. */
  #named(command: Command, operands: readonly Operand[], dot: Value, piped: readonly Value[]): Value {
    const count = operands.length + piped.length;
    if (count !== 2) return this.#fail(`wrong number of args for tmpl: want 2 got ${count}`, command);
    const [first, second] = operands;
    if (first === undefined) return this.#fail('wrong number of args for tmpl: want 2 got 1', command);
    const name = this.#argument(first, dot, 'string') as string;
    const data = second === undefined ? piped[0] : this.#operand(second, dot);
    const outer = this.#output;
    this.#output = '';
    this.#runNamed(name, data, command);
    const text = this.#output;
    this.#output = outer;
    return text;
  }

  #call(command: Command, name: string, operands: readonly Operand[], dot: Value, piped: readonly Value[]): Value {
    if (name === 'and' || name === 'or') return this.#logic(command, name, operands, dot, piped);
    if (name === 'tmpl') return this.#named(command, operands, dot, piped);
    const definition = (this.#execution.functions ?? functionNamed)(name);
    if (definition === undefined) return this.#fail(`${JSON.stringify(name)} is not a defined function`, command);
    const { parameters, rest } = definition;
    const count = operands.length + piped.length;
    if (rest === undefined ? count !== parameters.length : count < parameters.length) {
      const wanted = rest === undefined ? `${parameters.length}` : `at least ${parameters.length}`;
      this.#fail(`wrong number of args for ${name}: want ${wanted} got ${count}`, command.operands[0] ?? command);
    }
    const expected = (i: number): Parameter => parameters[i] ?? rest ?? 'any';
    const args = operands.map((operand, i) => this.#argument(operand, dot, expected(i)));
    for (const value of piped) args.push(this.#checked(value, expected(args.length), command));
    try {
      return definition.call(args, this.#execution.surroundings);
    } catch (error) {
      return this.#fail(`error calling ${name}: ${(error as Error).message}`, command);
    }
  }

  /** Stops at the argument that decides: what stands behind it is not evaluated. */
  #logic(
    command: Command,
    operator: 'and' | 'or',
    operands: readonly Operand[],
    dot: Value,
    piped: readonly Value[],
  ): Value {
    if (operands.length + piped.length === 0)
      this.#fail(`wrong number of args for ${operator}: want at least 1 got 0`, command);
    let value: Value;
    for (const operand of operands) {
      value = this.#operand(operand, dot);
      if (decides(operator, value)) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  #argument(operand: Operand, dot: Value, expected: Parameter): Value {
    if (expected === 'string' && (operand.kind === 'number' || operand.kind === 'boolean'))
      this.#fail(`expected string; found ${this.#source(operand)}`, operand);
    return this.#checked(this.#operand(operand, dot), expected, operand);
  }

  #checked(value: Value, expected: Parameter, span: Span): Value {
    const wanted = { any: undefined, string: 'string', sample: sampleType, vector: queryResultType }[expected];
    if (wanted === undefined || typeName(value) === wanted) return value;
    if (value === undefined) return this.#fail(`invalid value; expected ${wanted}`, span);
    return this.#fail(`wrong type for value; expected ${wanted}; got ${typeName(value)}`, span);
  }

  #operand(operand: Operand, dot: Value): Value {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return undefined;
      case 'boolean':
      case 'number':
      case 'string':
        return operand.value;
      case 'field':
        return this.#fields(dot, operand.path, operand);
      case 'variable':
        return this.#fields(
          this.#variables.findLast(({ name }) => name === operand.name)?.value,
          operand.path,
          operand,
        );
      case 'chain':
        return this.#fields(this.#operand(operand.base, dot), operand.path, operand);
      case 'function':
        return this.#call({ operands: [operand], start: operand.start, end: operand.end }, operand.name, [], dot, []);
      case 'pipeline':
        return this.#pipeline(operand, dot);
    }
  }

  #fields(base: Value, path: readonly string[], span: Span): Value {
    return path.reduce<Value>((value, field) => {
      const plain = methodsOf(value)?.plain;
      if (plain !== undefined && Object.hasOwn(plain, field)) return plain[field]?.();
      if (value instanceof MapValue) return value.get(field);
      if (value instanceof StructValue && value.has(field)) return value.get(field);
      if (value === undefined) return this.#fail(`nil pointer evaluating interface {}.${field}`, span);
      return this.#fail(`can't evaluate field ${field} in type ${typeName(value)}`, span);
    }, base);
  }

  #source(span: Span): string {
    return this.#execution.text.slice(span.start, span.end);
  }

  /** Worded as Go words it; the column counts from 0 as Go's does. */
  #fail(reason: string, span: Span): never {
    const { name, text } = this.#execution;
    const place = placeIn(text, span.start);
    const source = this.#source(span).trim();
    const message = `template: ${name}:${place.line}:${place.column - 1}: executing ${JSON.stringify(name)} at <${source}>: ${reason}`;
    throw new TemplateError(message, reason, place);
  }
}

function notAFunction(operand: Operand, source: string): string {
  const field = 'path' in operand ? operand.path.at(-1) : undefined;
  if (field !== undefined) return `${field} has arguments but cannot be invoked as function`;
  return `can't give argument to non-function ${source}`;
}
