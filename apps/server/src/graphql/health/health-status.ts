import { registerEnumType } from '@nestjs/graphql';

export const HealthStatusEnum = {
  HEALTHY: 'healthy',
  DEGRADED: 'degraded',
  UNHEALTHY: 'unhealthy',
  UNKNOWN: 'unknown',
} as const;

registerEnumType(HealthStatusEnum, {
  name: 'HealthStatus',
  description: 'What a health check found.',
  valuesMap: {
    HEALTHY: { description: 'It works.' },
    DEGRADED: { description: 'It works, but not as it should.' },
    UNHEALTHY: { description: 'It does not work.' },
    UNKNOWN: { description: 'The check could not tell, or has not run yet.' },
  },
});
