/** Offsets into the template; `executing ... at <CONTEXT>` shows what stands between them. */
interface Node {
  readonly start: number;
  readonly end: number;
}

export type Statement =
  | (Node & { readonly kind: 'text'; readonly text: string })
  | (Node & { readonly kind: 'action'; readonly pipeline: Pipeline })
  | Branch
  | (Node & { readonly kind: 'template'; readonly name: string; readonly pipeline?: Pipeline })
  | (Node & { readonly kind: 'break' | 'continue' });

export interface Branch extends Node {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipeline: Pipeline;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

export interface Pipeline extends Node {
  readonly kind: 'pipeline';
  /** Variables it sets, `$` included. */
  readonly variables: readonly string[];
  /** `:=` makes new variables, `=` sets ones that are there. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

/** A function with its arguments, or one operand alone. */
export interface Command extends Node {
  readonly operands: readonly Operand[];
}

export type Operand =
  | (Node & { readonly kind: 'dot' })
  | (Node & { readonly kind: 'nil' })
  | (Node & { readonly kind: 'boolean'; readonly value: boolean })
  | (Node & { readonly kind: 'number'; readonly value: number | bigint })
  | (Node & { readonly kind: 'string'; readonly value: string })
  | (Node & { readonly kind: 'function'; readonly name: string })
  | (Node & { readonly kind: 'field'; readonly path: readonly string[] })
  | (Node & { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] })
  | (Node & { readonly kind: 'chain'; readonly base: Operand; readonly path: readonly string[] })
  | Pipeline;

export interface ParsedTemplate {
  readonly statements: readonly Statement[];
  /** What `{{define}}` and `{{block}}` named. */
  readonly definitions: ReadonlyMap<string, readonly Statement[]>;
}
