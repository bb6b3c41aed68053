import type { RuleDefinition } from '@tapewatch/plugin-sdk';

/** The rule kind of a type, if a plugin provides one. */
export type RuleKinds = (type: string) => RuleDefinition | undefined;
export type ReadFile = (file: string) => Promise<string>;
export interface LoadOptions {
  /** Types to suggest where an unknown one is written. */
  readonly knownTypes?: readonly string[];
}
