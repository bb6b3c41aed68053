import { registerEnumType } from '@nestjs/graphql';

export const RoleEnum = { VIEWER: 'viewer', OPERATOR: 'operator', ADMIN: 'admin', INGEST: 'ingest' } as const;

registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What a token or session may do.',
  valuesMap: {
    VIEWER: { description: 'Reads.' },
    OPERATOR: { description: 'Reads, acknowledges, resolves, silences, tests and makes reports.' },
    ADMIN: { description: 'Everything: tokens, sessions and the configuration, too.' },
    INGEST: { description: 'Only hands data in.' },
  },
});

export const AuditOutcomeEnum = { DONE: 'done', REFUSED: 'refused', FAILED: 'failed' } as const;

registerEnumType(AuditOutcomeEnum, {
  name: 'AuditOutcome',
  description: 'How something that somebody wanted ended.',
  valuesMap: {
    DONE: { description: 'It was done.' },
    REFUSED: { description: 'It was refused, as told by the code.' },
    FAILED: { description: 'It failed unexpectedly.' },
  },
});
