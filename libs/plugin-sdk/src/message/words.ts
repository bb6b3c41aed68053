import type { Language, Severity } from '@tapewatch/model';

/** What messages say besides what the alert itself brings. @public */
export interface MessageWords {
  readonly firing: string;
  readonly resolved: string;
  readonly test: string;
  readonly report: string;
  readonly severity: Readonly<Record<Severity, string>>;
  readonly value: string;
  readonly since: string;
  readonly lasted: string;
  readonly acknowledgedBy: string;
  readonly requestedBy: string;
  readonly alert: string;
  readonly runbook: string;
  readonly openReport: string;
  readonly program: string;
  readonly testNote: string;
  /** How long something has been so. */
  readonly elapsed: (duration: string) => string;
  readonly more: (count: number) => string;
  /** Day, hour, minute, second behind a number. */
  readonly units: readonly [day: string, hour: string, minute: string, second: string];
  readonly sentBy: (externalUrl: string) => string;
}

const english: MessageWords = {
  firing: 'FIRING',
  resolved: 'RESOLVED',
  test: 'TEST',
  report: 'REPORT',
  severity: { critical: 'critical', warning: 'warning', info: 'info' },
  value: 'Value',
  since: 'Since',
  lasted: 'Lasted',
  acknowledgedBy: 'Acknowledged by',
  requestedBy: 'Asked for by',
  alert: 'Open alert',
  runbook: 'Runbook',
  openReport: 'Open report',
  program: 'Open Tapewatch',
  testNote: 'This is a test: the channel works. Nothing is wrong.',
  elapsed: (duration) => `for ${duration}`,
  more: (count) => `… and ${count} more`,
  units: [' d', ' h', ' min', ' s'],
  sentBy: (externalUrl) => `Sent by Tapewatch at ${externalUrl}`,
};

const korean: MessageWords = {
  firing: '발생',
  resolved: '해소',
  test: '시험',
  report: '보고서',
  severity: { critical: '심각', warning: '경고', info: '정보' },
  value: '값',
  since: '시작',
  lasted: '지속 시간',
  acknowledgedBy: '확인한 사람',
  requestedBy: '요청한 사람',
  alert: '알림 열기',
  runbook: '대응 절차',
  openReport: '보고서 열기',
  program: 'Tapewatch 열기',
  testNote: '시험 메시지입니다. 채널이 잘 동작하며, 이상은 없습니다.',
  elapsed: (duration) => `${duration}째`,
  more: (count) => `… 외 ${count}건`,
  units: ['일', '시간', '분', '초'],
  sentBy: (externalUrl) => `Tapewatch가 보냄: ${externalUrl}`,
};

const words: Readonly<Record<Language, MessageWords>> = { en: english, ko: korean };

/** @public */
export function messageWords(language: Language): MessageWords {
  return words[language];
}
