import type { Locate, ReportConfig } from '@tapewatch/config';
import { messageOf, type Problem } from '@tapewatch/model';
import { CronSchedule } from '@tapewatch/reporting';

/** Schedules and time zones that cannot be read. */
export function reportProblems(reports: readonly ReportConfig[], locate: Locate): readonly Problem[] {
  return reports.flatMap(({ schedule, zone }, i): readonly Problem[] => {
    const problem = (key: 'schedule' | 'zone', found: string, fault: Pick<Problem, 'message' | 'allowed'>): Problem => {
      const { file, line, column, substituted } = locate(['reports', i, key]);
      const place = { file, line, column, path: `reports[${i}].${key}` };
      return { code: 'CONFIG_INVALID_VALUE', ...fault, ...place, ...(substituted === true ? {} : { found }) };
    };
    if (!isZone(zone))
      return [
        problem('zone', zone, {
          message: 'There is no such time zone.',
          allowed: 'UTC, Asia/Seoul, Europe/Berlin ...',
        }),
      ];
    try {
      if (new CronSchedule(schedule, zone).next(0) !== undefined) return [];
      return [problem('schedule', schedule, { message: 'This time never comes.', allowed })];
    } catch (thrown) {
      return [
        problem('schedule', schedule, {
          message: `Not a schedule: ${messageOf(thrown).replace(/^CronPattern: |\.$/g, '')}.`,
          allowed,
        }),
      ];
    }
  });
}

const allowed = 'five cron fields: minute hour day-of-month month day-of-week';

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
