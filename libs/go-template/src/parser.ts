import type { Branch, Command, Operand, ParsedTemplate, Pipeline, Statement } from './ast.js';
import { LexicalError, tokensOf } from './lexer.js';
import { characterOf, numberOf, unquote } from './literal.js';
import { placeIn, TemplateError } from './template-error.js';
import type { Token, TokenKind } from './token.js';

export interface ParseOptions {
  /** As Go's messages name the template. */
  readonly name: string;
  /** Variables that are there from the start, `$` included. */
  readonly variables: readonly string[];
  /** Why a function cannot be called, or undefined when it can. */
  readonly refusal: (functionName: string) => string | undefined;
}

/** Parses Go's text/template. Throws a TemplateError. */
export function parseText(text: string, options: ParseOptions): ParsedTemplate {
  const fail = (reason: string, offset: number): never => {
    const place = placeIn(text, offset);
    throw new TemplateError(`template: ${options.name}:${place.line}: ${reason}`, reason, place);
  };
  try {
    return new Parser(tokensOf(text), options, fail).parse();
  } catch (error) {
    if (error instanceof LexicalError) return fail(error.message, error.offset);
    throw error;
  }
}

type Fail = (reason: string, offset: number) => never;
/** How a list of statements ended. */
interface Ending {
  readonly keyword: 'end' | 'else';
  readonly token: Token;
}

const maxNesting = 100;

class Parser {
  readonly #tokens: readonly Token[];
  readonly #options: ParseOptions;
  readonly #fail: Fail;
  readonly #definitions = new Map<string, readonly Statement[]>();
  #variables: string[];
  #at = 0;
  #rangeDepth = 0;
  #nesting = 0;

  constructor(tokens: readonly Token[], options: ParseOptions, fail: Fail) {
    this.#tokens = tokens;
    this.#options = options;
    this.#fail = fail;
    this.#variables = [...options.variables];
  }

  parse(): ParsedTemplate {
    const statements: Statement[] = [];
    while (this.#peek().kind !== 'end') {
      const statement = this.#statement(true);
      if (statement === undefined) continue;
      if ('keyword' in statement) return this.#fail(`unexpected {{${statement.keyword}}}`, statement.token.start);
      statements.push(statement);
    }
    return { statements, definitions: this.#definitions };
  }

  /** One statement, the keyword that ends a list, or undefined for a definition, which leaves nothing behind. */
  #statement(topLevel: boolean): Statement | Ending | undefined {
    const first = this.#next();
    if (first.kind === 'text') return { kind: 'text', text: first.text, start: first.start, end: first.end };
    this.#skipSpaces();
    const token = this.#peek();
    if (token.kind !== 'identifier') return this.#action(first);
    switch (token.text) {
      case 'if':
      case 'with':
      case 'range':
        this.#next();
        return this.#branch(token.text, first);
      case 'end':
        this.#next();
        this.#expect('right', 'end');
        return { keyword: 'end', token };
      case 'else':
        this.#next();
        return { keyword: 'else', token };
      case 'break':
      case 'continue':
        return this.#leap(token.text, first);
      case 'template':
      case 'block':
        this.#next();
        return this.#invocation(token.text, first);
      case 'define':
        if (!topLevel) return this.#fail('unexpected {{define}}', token.start);
        this.#next();
        return this.#definition();
      default:
        return this.#action(first);
    }
  }

  #action(left: Token): Statement {
    const pipeline = this.#pipeline('command', 'right');
    return { kind: 'action', pipeline, start: left.start, end: this.#previousEnd() };
  }

  #branch(kind: Branch['kind'], left: Token): Branch {
    if (++this.#nesting > maxNesting) return this.#fail('templates are nested too deeply', left.start);
    const outer = this.#variables.length;
    const pipeline = this.#pipeline(kind, 'right');
    if (kind === 'range') this.#rangeDepth++;
    const [body, ending] = this.#list();
    if (kind === 'range') this.#rangeDepth--;
    const otherwise = ending.keyword === 'else' ? this.#otherwise(kind, ending.token) : [];
    this.#variables.length = outer;
    this.#nesting--;
    return { kind, pipeline, body, otherwise, start: left.start, end: this.#previousEnd() };
  }

  /** After `else`: a chained `if` or `with`, which shares our `end`, or a list up to `end`. */
  #otherwise(kind: Branch['kind'], token: Token): readonly Statement[] {
    this.#skipSpaces();
    const next = this.#peek();
    if (kind !== 'range' && next.kind === 'identifier' && next.text === kind) {
      this.#next();
      return [this.#branch(kind, token)];
    }
    this.#expect('right', 'else');
    const [list, ending] = this.#list();
    if (ending.keyword === 'else') return this.#fail('expected end; found {{else}}', ending.token.start);
    return list;
  }

  #list(): readonly [readonly Statement[], Ending] {
    const list: Statement[] = [];
    for (;;) {
      if (this.#peek().kind === 'end') return this.#fail('unexpected EOF', this.#peek().start);
      const statement = this.#statement(false);
      if (statement === undefined) continue;
      if ('keyword' in statement) return [list, statement];
      list.push(statement);
    }
  }

  #leap(kind: 'break' | 'continue', left: Token): Statement {
    const token = this.#next();
    this.#expect('right', `{{${kind}}}`);
    if (this.#rangeDepth === 0) return this.#fail(`{{${kind}}} outside {{range}}`, token.start);
    return { kind, start: left.start, end: this.#previousEnd() };
  }

  #invocation(keyword: 'template' | 'block', left: Token): Statement {
    const name = this.#templateName(`${keyword} clause`);
    this.#skipSpaces();
    if (keyword === 'template' && this.#peek().kind === 'right') {
      this.#next();
      return { kind: 'template', name, start: left.start, end: this.#previousEnd() };
    }
    const pipeline = this.#pipeline(`${keyword} clause`, 'right');
    if (keyword === 'block') this.#define(name, left);
    return { kind: 'template', name, pipeline, start: left.start, end: this.#previousEnd() };
  }

  #definition(): undefined {
    const name = this.#templateName('define clause');
    const right = this.#expect('right', 'define clause');
    this.#define(name, right);
  }

  /** A definition's body knows no variable of its surroundings but `$`. */
  #define(name: string, at: Token): void {
    const outer = this.#variables;
    this.#variables = ['$'];
    const [body, ending] = this.#list();
    if (ending.keyword === 'else') this.#fail('unexpected {{else}} in define clause', at.start);
    this.#variables = outer;
    this.#definitions.set(name, body);
  }

  #templateName(context: string): string {
    this.#skipSpaces();
    const token = this.#next();
    const name = token.kind === 'string' ? unquote(token.text) : undefined;
    return name ?? this.#unexpected(token, context);
  }

  #pipeline(context: string, closing: 'right' | 'close'): Pipeline {
    this.#skipSpaces();
    const start = this.#peek().start;
    const { variables, assigns } = this.#declaration(context);
    const commands: Command[] = [];
    for (;;) {
      this.#skipSpaces();
      const token = this.#peek();
      if (token.kind === closing) break;
      commands.push(this.#command(context, commands.length));
      if (this.#peek().kind === 'pipe') this.#next();
      else if (this.#peek().kind !== closing) return this.#unexpected(this.#peek(), context);
    }
    if (commands.length === 0) return this.#fail(`missing value for ${context}`, this.#peek().start);
    const end = this.#previousEnd();
    this.#next();
    if (!assigns) this.#variables.push(...variables);
    return { kind: 'pipeline', variables, assigns, commands, start, end };
  }

  /** `$x :=`, `$x =`, and in a range also `$i, $x :=`. */
  #declaration(context: string): { readonly variables: readonly string[]; readonly assigns: boolean } {
    const start = this.#at;
    const names: string[] = [];
    while (this.#peek().kind === 'variable') {
      const token = this.#next();
      names.push(token.text);
      this.#skipSpaces();
      const sign = this.#peek().kind;
      if (sign === 'declare' || sign === 'assign') {
        this.#next();
        if (sign === 'assign') for (const name of names) this.#knownVariable(name, token.start);
        return { variables: names, assigns: sign === 'assign' };
      }
      if (sign !== 'comma' || context !== 'range' || names.length > 1) break;
      this.#next();
      this.#skipSpaces();
    }
    this.#at = start;
    return { variables: [], assigns: false };
  }

  #command(context: string, stage: number): Command {
    const start = this.#peek().start;
    const operands: Operand[] = [];
    while (this.#startsOperand()) {
      operands.push(this.#operand(context));
      if (this.#peek().kind !== 'space') break;
      this.#skipSpaces();
    }
    const first = operands[0];
    if (first === undefined) return this.#unexpected(this.#peek(), context);
    if (stage > 0 && ['boolean', 'dot', 'nil', 'number', 'string'].includes(first.kind))
      return this.#fail(`non executable command in pipeline stage ${stage + 1}`, first.start);
    return { operands, start, end: (operands.at(-1) as Operand).end };
  }

  #startsOperand(): boolean {
    return ['identifier', 'field', 'variable', 'dot', 'number', 'character', 'string', 'open'].includes(
      this.#peek().kind,
    );
  }

  /** A term and the fields behind it, as in `(index .Labels "x").y`. */
  #operand(context: string): Operand {
    const term = this.#term(context);
    if (this.#peek().kind !== 'field') return term;
    if (['boolean', 'nil', 'number', 'string', 'dot'].includes(term.kind))
      return this.#fail(`unexpected . after term ${JSON.stringify(context)}`, this.#peek().start);
    const path: string[] = [];
    while (this.#peek().kind === 'field') path.push(this.#next().text);
    const end = this.#previousEnd();
    if (term.kind === 'field' || term.kind === 'variable') return { ...term, path: [...term.path, ...path], end };
    return { kind: 'chain', base: term, path, start: term.start, end };
  }

  #term(context: string): Operand {
    const token = this.#next();
    const place = { start: token.start, end: token.end };
    switch (token.kind) {
      case 'dot':
        return { kind: 'dot', ...place };
      case 'field':
        return { kind: 'field', path: [token.text], ...place };
      case 'variable':
        this.#knownVariable(token.text, token.start);
        return { kind: 'variable', name: token.text, path: [], ...place };
      case 'identifier':
        return this.#word(token);
      case 'string':
        return { kind: 'string', value: unquote(token.text) ?? this.#fail('invalid syntax', token.start), ...place };
      case 'number':
        return { kind: 'number', value: numberOf(token.text) ?? this.#badNumber(token), ...place };
      case 'character':
        return { kind: 'number', value: characterOf(token.text) ?? this.#badNumber(token), ...place };
      case 'open':
        return this.#pipeline('parenthesized pipeline', 'close');
      default:
        return this.#unexpected(token, context);
    }
  }

  #word(token: Token): Operand {
    const place = { start: token.start, end: token.end };
    if (token.text === 'true' || token.text === 'false')
      return { kind: 'boolean', value: token.text === 'true', ...place };
    if (token.text === 'nil') return { kind: 'nil', ...place };
    const refusal = this.#options.refusal(token.text);
    if (refusal !== undefined) return this.#fail(refusal, token.start);
    return { kind: 'function', name: token.text, ...place };
  }

  #badNumber(token: Token): never {
    return this.#fail(`bad number syntax: ${JSON.stringify(token.text)}`, token.start);
  }

  #knownVariable(name: string, offset: number): void {
    if (!this.#variables.includes(name)) this.#fail(`undefined variable ${JSON.stringify(name)}`, offset);
  }

  #expect(kind: TokenKind, context: string): Token {
    this.#skipSpaces();
    const token = this.#next();
    return token.kind === kind ? token : this.#unexpected(token, context);
  }

  #unexpected(token: Token, context: string): never {
    const what = token.kind === 'end' ? 'EOF' : token.kind === 'right' ? '"}}"' : `<${token.text.trim()}>`;
    return this.#fail(`unexpected ${what} in ${context}`, token.start);
  }

  #skipSpaces(): void {
    while (this.#peek().kind === 'space') this.#at++;
  }

  #peek(): Token {
    return this.#tokens[this.#at] as Token;
  }

  /** The last token, `end`, is never passed. */
  #next(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  #previousEnd(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }
}
