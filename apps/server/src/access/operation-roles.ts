import type { Role } from './role.js';

/** The role each GraphQL operation needs. An operation that is not here is refused to everybody: the server does not start. */
export const operationRoles: Readonly<Record<string, Role>> = {
  'Query.alert': 'viewer',
  'Query.alerts': 'viewer',
  'Query.alertSummary': 'viewer',
  'Query.channels': 'viewer',
  'Query.exchanges': 'viewer',
  'Query.health': 'viewer',
  'Query.healthHistory': 'viewer',
  'Query.metric': 'viewer',
  'Query.metricRange': 'viewer',
  'Query.metricsSummary': 'viewer',
  'Query.pipeline': 'viewer',
  'Query.plugins': 'viewer',
  'Query.rules': 'viewer',
  'Mutation.acknowledgeAlert': 'operator',
  'Mutation.resolveAlert': 'operator',
  'Mutation.runHealthCheck': 'operator',
  'Mutation.testChannel': 'operator',
  'Mutation.unacknowledgeAlert': 'operator',
  'Subscription.alertEvents': 'viewer',
  'Subscription.healthEvents': 'viewer',
  'Subscription.metricUpdates': 'viewer',
};
