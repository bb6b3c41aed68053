import { registerEnumType } from '@nestjs/graphql';

export const ReportKindEnum = { DAILY: 'daily', PERFORMANCE: 'performance', RISK: 'risk' } as const;

registerEnumType(ReportKindEnum, {
  name: 'ReportKind',
  description: 'What a report is about.',
  valuesMap: {
    DAILY: { description: 'Alerts, uptime, latencies, markets, the host, and how complete the data is.' },
    PERFORMANCE: { description: 'Needs a portfolio, which this version does not watch.' },
    RISK: { description: 'Needs a portfolio, which this version does not watch.' },
  },
});
