import { UsageError } from '../usage-error.js';

const day = /^\d{4}-\d{2}-\d{2}$/;
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?$/;

/** `2026-01-31` = the beginning of that UTC day, `2026-01-31T09:30` in UTC unless it says otherwise; as RFC 3339. Throws UsageError. */
export function pointInTime(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const written = day.test(text) ? `${text}T00:00Z` : moment.test(text) ? withZone(text) : '';
  const ms = Date.parse(written);
  // The platform takes 30 February for 2 March.
  if (
    Number.isNaN(ms) ||
    new Date(Date.parse(`${text.slice(0, 10)}T00:00Z`)).getUTCDate() !== Number(text.slice(8, 10))
  )
    throw new UsageError(
      `${option} is no point in time: ${text}. Write a day, 2026-01-31, or a time, 2026-01-31T09:30Z`,
    );
  return new Date(ms).toISOString();
}

function withZone(text: string): string {
  return /(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`;
}
