export type TokenKind =
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'identifier'
  | 'field'
  | 'variable'
  | 'dot'
  | 'number'
  | 'character'
  | 'string'
  | 'pipe'
  | 'open'
  | 'close'
  | 'comma'
  | 'declare'
  | 'assign'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** The text as written; of a field without its dot, of a template text after trimming. */
  readonly text: string;
  /** Offsets into the template. */
  readonly start: number;
  readonly end: number;
}
