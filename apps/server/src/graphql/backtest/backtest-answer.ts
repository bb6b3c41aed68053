import type { BacktestOutcome, BacktestResult, Firing } from '@tapewatch/pipeline';
import { finite } from '../special-number.js';

/** A backtest as the schema has it. */
export function backtestAnswer(result: BacktestResult): object {
  const { outcome, current, comparison } = result;
  return {
    ...result,
    outcome: outcomeAnswer(outcome),
    ...(current === undefined ? {} : { current: outcomeAnswer(current) }),
    ...(comparison === undefined
      ? {}
      : {
          comparison: {
            ...comparison,
            onlyCurrent: comparison.onlyCurrent.map(firingAnswer),
            onlyNew: comparison.onlyNew.map(firingAnswer),
          },
        }),
  };
}

function outcomeAnswer(outcome: BacktestOutcome): object {
  return {
    ...outcome,
    firings: outcome.firings.map(firingAnswer),
    notifications: outcome.notifications.map(({ alerts, outcome: became, ...notification }) => ({
      ...notification,
      sent: became === 'sent',
      alerts: alerts.map(({ labels, status }) => ({ labels: labels.toObject(), status })),
    })),
  };
}

function firingAnswer(firing: Firing): object {
  return {
    ...firing,
    labels: firing.labels.toObject(),
    maxValue: finite(firing.maxValue),
    minValue: finite(firing.minValue),
  };
}
