import type { BacktestOutcome, BacktestResult, Firing } from '@tapewatch/pipeline';

/** A backtest as the GraphQL API has it, and `--json` prints it; times are RFC 3339. */
export interface BacktestView {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  readonly tookMs: number;
  readonly data: {
    readonly completeness: number;
    readonly holes: readonly { readonly from: string; readonly to: string }[];
    readonly minutesUntil: string | null;
    readonly selectors: readonly { readonly selector: string; readonly series: number; readonly coverage: number }[];
  };
  readonly outcome: OutcomeView;
  readonly current: OutcomeView | null;
  readonly comparison: {
    readonly both: number;
    readonly onlyCurrentTotal: number;
    readonly onlyNewTotal: number;
    readonly onlyCurrent: readonly FiringView[];
    readonly onlyNew: readonly FiringView[];
    readonly firingMs: number;
    readonly notifications: number;
  } | null;
}

export interface OutcomeView {
  readonly rules: BacktestOutcome['rules'];
  readonly recorded: readonly string[];
  readonly firings: readonly FiringView[];
  readonly notifications: readonly NotificationView[];
  readonly totals: BacktestOutcome['totals'];
  readonly faults: readonly {
    readonly rule: string;
    readonly reason: string;
    readonly count: number;
    readonly firstAt: string;
    readonly lastAt: string;
  }[];
}

export type Texts = Readonly<Record<string, string>>;

export interface FiringView {
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly startsAt: string;
  readonly firedAt: string;
  readonly endsAt: string | null;
  readonly fromStart: boolean;
  /** Null where it is no finite number. */
  readonly maxValue: number | null;
  readonly minValue: number | null;
  readonly flap: boolean;
}

export interface NotificationView {
  readonly at: string;
  readonly channel: string;
  readonly receiver: string;
  readonly status: 'FIRING' | 'RESOLVED';
  readonly groupLabels: Texts;
  readonly sent: boolean;
  readonly reason: string | null;
  readonly alerts: readonly { readonly labels: Texts; readonly status: 'FIRING' | 'RESOLVED' }[];
}

const firingFields = 'labels annotations startsAt firedAt endsAt fromStart maxValue minValue flap';
const outcomeFields = `
  rules { group kind query forMs keepFiringForMs intervalMs }
  recorded
  firings { ${firingFields} }
  notifications { at channel receiver status groupLabels sent reason alerts { labels status } }
  totals { evaluations firings firingMs longestMs pendingOnly flaps sent notSent }
  faults { rule reason count firstAt lastAt }`;

/** Asks for all of a BacktestView. */
export const backtestQuery = `
query Backtest($rule: String, $text: String, $file: String, $from: DateTime!, $to: DateTime, $flapWithin: Duration, $withSilences: Boolean) {
  backtestRule(rule: $rule, text: $text, file: $file, from: $from, to: $to, flapWithin: $flapWithin, withSilences: $withSilences) {
    ... on Backtest {
      rule from to tookMs
      data { completeness holes { from to } minutesUntil selectors { selector series coverage } }
      outcome { ${outcomeFields} }
      current { ${outcomeFields} }
      comparison {
        both onlyCurrentTotal onlyNewTotal firingMs notifications
        onlyCurrent { ${firingFields} }
        onlyNew { ${firingFields} }
      }
    }
    ... on Problem { code message }
  }
}`;

/** One that was run in this process. */
export function viewOf({ data, outcome, current, comparison, ...result }: BacktestResult): BacktestView {
  return {
    ...{ rule: result.rule, from: iso(result.from), to: iso(result.to), tookMs: result.tookMs },
    data: {
      ...data,
      holes: data.holes.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
      minutesUntil: data.minutesUntil === undefined ? null : iso(data.minutesUntil),
    },
    outcome: outcomeView(outcome),
    current: current === undefined ? null : outcomeView(current),
    comparison:
      comparison === undefined
        ? null
        : {
            ...comparison,
            onlyCurrent: comparison.onlyCurrent.map(firingView),
            onlyNew: comparison.onlyNew.map(firingView),
          },
  };
}

function outcomeView(outcome: BacktestOutcome): OutcomeView {
  return {
    ...outcome,
    firings: outcome.firings.map(firingView),
    notifications: outcome.notifications.map(({ at, status, alerts, outcome: became, reason, ...notification }) => ({
      ...notification,
      at: iso(at),
      status: upper(status),
      sent: became === 'sent',
      reason: reason ?? null,
      alerts: alerts.map((alert) => ({ labels: alert.labels.toObject(), status: upper(alert.status) })),
    })),
    faults: outcome.faults.map((fault) => ({ ...fault, firstAt: iso(fault.firstAt), lastAt: iso(fault.lastAt) })),
  };
}

function firingView(firing: Firing): FiringView {
  return {
    ...firing,
    labels: firing.labels.toObject(),
    startsAt: iso(firing.startsAt),
    firedAt: iso(firing.firedAt),
    endsAt: firing.endsAt === undefined ? null : iso(firing.endsAt),
    maxValue: finite(firing.maxValue),
    minValue: finite(firing.minValue),
  };
}

function upper(status: 'firing' | 'resolved'): 'FIRING' | 'RESOLVED' {
  return status === 'firing' ? 'FIRING' : 'RESOLVED';
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
