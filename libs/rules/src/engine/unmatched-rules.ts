import type { Meter } from '@opentelemetry/api';
import type { Logger } from '@tapewatch/model';

interface WatchedGroup {
  readonly name: string;
  /** The names of its rules that have no data, as of their last evaluation. */
  unmatched(): readonly string[];
}

interface Unmatched {
  readonly group: string;
  readonly rule: string;
  readonly since: number;
  told: boolean;
}

const lookEveryMs = 60_000;

/** Sources may be slow to report, and a feed may be away for a while; what is misspelt stays. */
const tellAfterMs = 300_000;

/** Watches for rules that match no series: as a metric, and once in the log. */
export class UnmatchedRules {
  readonly #logger: Logger;
  #lookedAt: number | undefined;
  #counts = new Map<string, number>();
  #known = new Map<string, Unmatched>();

  constructor(meter: Meter, logger: Logger) {
    this.#logger = logger;
    meter
      .createObservableGauge('tapewatch.rule.unmatched', {
        unit: '{rule}',
        description: 'Rules that match no series, as looked at once a minute',
      })
      .addCallback((result) => {
        for (const [group, count] of this.#counts) result.observe(count, { group });
      });
  }

  /** Called after every evaluation; looks once a minute, first when a minute is over. */
  look(at: number, groups: readonly WatchedGroup[]): void {
    this.#lookedAt ??= at;
    if (at - this.#lookedAt < lookEveryMs) return;
    this.#lookedAt = at;
    const known = new Map<string, Unmatched>();
    const counts = new Map<string, number>();
    for (const group of groups) {
      const rules = group.unmatched();
      counts.set(group.name, (counts.get(group.name) ?? 0) + rules.length);
      for (const rule of rules) {
        const key = JSON.stringify([group.name, rule]);
        known.set(key, this.#known.get(key) ?? { group: group.name, rule, since: at, told: false });
      }
    }
    this.#known = known;
    this.#counts = counts;
    this.#tell(at);
  }

  #tell(at: number): void {
    const news = [...this.#known.values()].filter(({ since, told }) => !told && at - since >= tellAfterMs);
    if (news.length === 0) return;
    for (const one of news) one.told = true;
    this.#logger.info(
      { rules: news.map(({ group, rule }) => `${group}/${rule}`) },
      'rules match no series, so they cannot fire',
    );
  }
}
