export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on a label; a missing label has the value ''. */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  matches(labelValue: string): boolean;
}
