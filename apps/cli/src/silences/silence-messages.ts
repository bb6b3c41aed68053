/** What `tapewatch silence` says to people. */
export interface SilenceMessages {
  readonly help: {
    readonly silence: string;
    readonly add: string;
    readonly matchers: string;
    readonly comment: string;
    readonly duration: string;
    readonly start: string;
    readonly end: string;
    readonly author: string;
    readonly times: string;
    readonly weekdays: string;
    readonly zone: string;
    readonly preview: string;
    readonly query: string;
    readonly queryMatchers: string;
    readonly expired: string;
    readonly quiet: string;
    readonly json: string;
    readonly expire: string;
    readonly ids: string;
    readonly import: string;
    readonly file: string;
    readonly force: string;
  };
  /** Id, state, begins, ends, by, matchers, comment. */
  readonly titles: readonly string[];
  readonly none: string;
  readonly covers: (active: number, past: number) => string;
  readonly isExpired: (id: string) => string;
  readonly imported: (count: number, over: number) => string;
  readonly notImported: (what: string, why: string) => string;
  readonly endOrDuration: string;
  readonly notDuration: (option: string, found: string) => string;
  readonly notTimes: (found: string) => string;
  readonly zoneAlone: string;
  readonly unreadable: (file: string, why: string) => string;
}
