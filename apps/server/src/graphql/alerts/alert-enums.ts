import { registerEnumType } from '@nestjs/graphql';

export const SeverityEnum = { INFO: 'info', WARNING: 'warning', CRITICAL: 'critical' } as const;

export const AlertStateEnum = {
  PENDING: 'pending',
  FIRING: 'firing',
  RESOLVED: 'resolved',
  INACTIVE: 'inactive',
} as const;

export const AlertEventKindEnum = {
  PENDING: 'pending',
  FIRING: 'firing',
  RESOLVED: 'resolved',
  INACTIVE: 'inactive',
  ACKNOWLEDGED: 'acknowledged',
  UNACKNOWLEDGED: 'unacknowledged',
  SILENCED: 'silenced',
  UNSILENCED: 'unsilenced',
  INHIBITED: 'inhibited',
  UNINHIBITED: 'uninhibited',
  SUPPRESSED: 'suppressed',
  ESCALATED: 'escalated',
} as const;

registerEnumType(SeverityEnum, {
  name: 'Severity',
  description: 'The label `severity`, where it is one of these.',
  valuesMap: {
    INFO: { description: 'Good to know.' },
    WARNING: { description: 'Look at it in working hours.' },
    CRITICAL: { description: 'Look at it now.' },
  },
});

registerEnumType(AlertStateEnum, {
  name: 'AlertState',
  description: 'Where an alert stands.',
  valuesMap: {
    PENDING: { description: 'The condition holds, but not yet for as long as the rule asks (`for`).' },
    FIRING: { description: 'The condition holds, and people are told.' },
    RESOLVED: { description: 'It fired, and is over.' },
    INACTIVE: { description: 'It was pending, and never fired.' },
  },
});

registerEnumType(AlertEventKindEnum, {
  name: 'AlertEventKind',
  description: 'What happened to an alert.',
  valuesMap: {
    PENDING: { description: 'Its condition began to hold.' },
    FIRING: { description: 'It began to fire.' },
    RESOLVED: { description: 'It ended, by its rule or by a person.' },
    INACTIVE: { description: 'Its condition ended before it fired.' },
    ACKNOWLEDGED: { description: 'Somebody took it in hand.' },
    UNACKNOWLEDGED: { description: 'Nobody has it in hand any more.' },
    SILENCED: { description: 'A silence began to cover it.' },
    UNSILENCED: { description: 'No silence covers it any more.' },
    INHIBITED: { description: 'Another alert began to inhibit it.' },
    UNINHIBITED: { description: 'No other alert inhibits it any more.' },
    SUPPRESSED: { description: 'A notification about it was held back.' },
    ESCALATED: { description: 'It was passed on because nobody took it in hand.' },
  },
});
