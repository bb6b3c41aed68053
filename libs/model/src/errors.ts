/** Every code that a user can meet, with what it means; docs/errors.md is held against this list by a test. */
export const errorCodes = {
  CONFIG_NOT_FOUND: 'The configuration file does not exist or cannot be read.',
  CONFIG_SYNTAX: 'The file is not valid YAML.',
  CONFIG_UNKNOWN_KEY: 'A key is not known at this place.',
  CONFIG_INVALID_VALUE: 'A value has the wrong type or is outside what is allowed.',
  CONFIG_MISSING: 'A required key is missing.',
  CONFIG_SUBSTITUTION: 'An ${env:NAME} or ${file:PATH} reference could not be resolved.',
  CONFIG_REFERENCE: 'A name refers to something that is not defined.',
  CONFIG_NOT_SUPPORTED:
    'An imported file says something that has no counterpart here; it is left out, and the rest is used.',
  RULE_INVALID: 'A rule file holds a rule that cannot be compiled.',
  RULE_TELLS_NOBODY: 'The alerts of a rule go to receivers without channels only.',
  RULE_NOT_ROUTED: 'No route below the root takes the alerts of a rule; the receiver of the root is told of them.',
  PLUGIN_NOT_FOUND: 'A plugin path does not exist or cannot be imported.',
  PLUGIN_INVALID: 'A module is not a plugin, or needs another SDK protocol.',
  PLUGIN_CONFLICT: 'Two plugins provide the same type.',
  DATA_DIR_IN_USE: 'Another process has the data folder open.',
  DATA_UNREADABLE: 'The state database is damaged or cannot be opened.',
  DATA_NEWER: 'The state database was written by a newer version.',
  DATA_EXISTS: 'The data folder already has a state.',
  BACKUP_INVALID: 'A backup file is damaged, or is none.',
  LISTEN_IN_USE: 'The address to listen on is taken.',
  LISTEN_FAILED: 'The address cannot be listened on.',
  LISTEN_INSECURE: 'The address is reachable from other machines, and tokens would travel in plain text.',
  TLS_INVALID: 'The certificate and key of server.tls cannot be used.',
  SERVER_NOT_RUNNING: 'No Tapewatch runs on this data folder.',
  SERVER_UNREACHABLE: 'The Tapewatch server does not answer, or not as one.',
  QUERY_INVALID: 'A query or matcher cannot be parsed.',
  QUERY_FAILED:
    'A query is right but has no answer for the data it met, as when two series end up with the same labels.',
  QUERY_LIMIT: 'A query went over a limit.',
  NOT_FOUND: 'No object has this id or name.',
  NOT_ALLOWED: 'The token’s role does not allow the operation.',
  UNAUTHENTICATED: 'No valid token or session came with the request.',
  INVALID_INPUT: 'An argument is outside what is allowed.',
  CONFLICT: 'The object is in a state that does not allow the operation.',
  UNAVAILABLE: 'The program cannot answer right now.',
  INTERNAL: 'An unexpected failure; the log has the details under the same id.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** One fault of a user's input, with everything needed to mend it. */
export interface Problem {
  readonly code: ErrorCode;
  /** One sentence: what is wrong. */
  readonly message: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
  /** Where in the tree, as in `exchanges[0].symbols`. */
  readonly path?: string;
  readonly found?: string;
  readonly allowed?: string;
  /** What to do, "did you mean" included. */
  readonly hint?: string;
}

/** Thrown at boot, reload and check-config with all problems at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

/** `FILE:LINE:COLUMN PATH: message (found X; allowed: Y). Hint [CODE]` */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const facts = [
    ...(problem.found === undefined ? [] : [`found ${problem.found}`]),
    ...(problem.allowed === undefined ? [] : [`allowed: ${problem.allowed}`]),
  ].join('; ');
  const head = [place, problem.path].filter((part) => part !== undefined && part !== '').join(' ');
  const tail = problem.hint === undefined ? '' : ` ${problem.hint}`;
  return `${head === '' ? '' : `${head}: `}${problem.message}${facts === '' ? '' : ` (${facts})`}${tail} [${problem.code}]`;
}

/** A failure that ends the start of the program, or a command, told by name and without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
