/** What `tapewatch alert` says to people. */
export interface AlertMessages {
  readonly help: {
    readonly alert: string;
    readonly list: string;
    readonly matchers: string;
    readonly state: string;
    readonly acknowledged: string;
    readonly silenced: string;
    readonly last: string;
    readonly json: string;
    readonly ack: string;
    readonly id: string;
    readonly note: string;
    readonly until: string;
    readonly unack: string;
    readonly resolve: string;
    readonly reason: string;
    readonly raise: string;
    readonly name: string;
    readonly severity: string;
    readonly title: string;
    readonly message: string;
    readonly label: string;
    readonly endsIn: string;
  };
  /** Id, state, severity, since, name, in whose hand, labels. */
  readonly titles: readonly string[];
  readonly none: string;
  readonly more: (count: number) => string;
  readonly acknowledgedBy: (name: string) => string;
  readonly silenced: string;
  readonly inhibited: string;
  readonly isAcknowledged: (name: string, until: string | undefined) => string;
  readonly isUnacknowledged: (name: string) => string;
  readonly isResolved: (name: string) => string;
  readonly notState: (found: string, allowed: string) => string;
  readonly notSeverity: (found: string, allowed: string) => string;
  readonly notCount: (found: string) => string;
  readonly notLabel: (found: string) => string;
  readonly notDuration: (option: string, found: string) => string;
}
