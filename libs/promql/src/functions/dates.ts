import { Labels } from '@tapewatch/model';
import { InstantVector } from '../evaluate/instant-vector.js';
import type { FunctionPlan } from './function-plan.js';

const dayMs = 86_400_000;

/** A part of a date in UTC. Each sample is a time in seconds; without an argument it is the time of evaluation. */
function ofDate(part: (date: Date) => number): FunctionPlan {
  return ({ args }, planner) => {
    const vector = args[0] === undefined ? undefined : planner.vector(args[0]);
    return {
      kind: 'vector',
      at(run, timeMs) {
        const result = new InstantVector();
        if (vector === undefined) {
          result.push(Labels.EMPTY, part(new Date(Math.floor(timeMs / 1000) * 1000)), false);
          return result;
        }
        const times = vector.at(run, timeMs);
        for (let i = 0; i < times.length; i++) {
          const date = new Date(Math.trunc(times.values[i] as number) * 1000);
          result.push(times.labels[i] as Labels, part(date), true);
        }
        return result;
      },
    };
  };
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs) + 1;
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

export const datePlans: Readonly<Record<string, FunctionPlan>> = {
  minute: ofDate((date) => date.getUTCMinutes()),
  hour: ofDate((date) => date.getUTCHours()),
  day_of_week: ofDate((date) => date.getUTCDay()),
  day_of_month: ofDate((date) => date.getUTCDate()),
  day_of_year: ofDate(dayOfYear),
  days_in_month: ofDate(daysInMonth),
  month: ofDate((date) => date.getUTCMonth() + 1),
  year: ofDate((date) => date.getUTCFullYear()),
};
