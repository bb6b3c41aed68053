/** What `tapewatch backtest` says to people. Times and durations come as texts. */
export interface BacktestMessages {
  readonly help: {
    readonly backtest: string;
    readonly rule: string;
    readonly file: string;
    readonly ruleOption: string;
    readonly from: string;
    readonly to: string;
    readonly flap: string;
    readonly withSilences: string;
    readonly json: string;
  };
  readonly replaying: string;
  readonly left: (seconds: number) => string;
  readonly cancelled: string;
  readonly noRule: string;
  readonly twoRules: string;
  readonly notFlap: (found: string) => string;
  readonly unreadableFile: (file: string, reason: string) => string;
  readonly title: (rule: string, from: string, to: string) => string;
  readonly ran: (evaluations: number, seconds: string, times: string) => string;
  readonly complete: (percent: string) => string;
  readonly holes: (count: number, total: string) => string;
  readonly andMore: (count: number) => string;
  readonly minutes: (until: string) => string;
  readonly noSeries: (selector: string) => string;
  readonly partly: (selector: string, percent: string) => string;
  readonly recorded: (names: string) => string;
  readonly fault: (rule: string, reason: string, count: number) => string;
  readonly never: string;
  readonly firings: string;
  readonly notifications: string;
  readonly columns: Readonly<
    Record<
      'fired' | 'until' | 'lasted' | 'max' | 'notes' | 'alert' | 'at' | 'channel' | 'state' | 'outcome' | 'alerts',
      string
    >
  >;
  readonly stillFiring: string;
  readonly fromStart: string;
  readonly flap: string;
  readonly firing: string;
  readonly resolved: string;
  readonly sent: string;
  readonly notSent: (reason: string) => string;
  /** By code; a reason that is none of them is told as it is. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly totals: (totals: {
    readonly firings: number;
    readonly lasted: string;
    readonly longest: string;
    readonly flaps: number;
    readonly pendingOnly: number;
    readonly sent: number;
    readonly notSent: number;
  }) => string;
  readonly noCurrent: (rule: string) => string;
  readonly compared: (counts: {
    readonly both: number;
    readonly onlyNew: number;
    readonly onlyCurrent: number;
  }) => string;
  readonly changes: (lasted: string, notifications: string) => string;
  readonly onlyNew: string;
  readonly onlyCurrent: string;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

export const backtestEnglish: BacktestMessages = {
  help: {
    backtest: 'Replay stored history through a rule: when it would have fired, and whom it would have told.',
    rule: 'the name of a configured alert',
    file: 'a rule file, in the form of Prometheus or ours: its rule is tried, and compared with the configured one',
    ruleOption: 'which alert of the file, where it holds several',
    from: 'the first second: a day, a time, Unix seconds, or how long ago, such as 2d (default: a day before the end)',
    to: 'the last second (default: now)',
    flap: 'an alert that fires again so soon after its end flaps (default: 5m)',
    withSilences: 'have the silences that are kept hold at their times',
    json: 'print the result as JSON',
  },
  replaying: 'Replaying',
  left: (seconds) => `${seconds} s left`,
  cancelled: 'Cancelled.',
  noRule: 'Name the rule to replay, or a file with it (--file)',
  twoRules: 'The rule is named twice: write it in front or with --rule, not both',
  notFlap: (found) => `--flap is no duration: ${found}. Write it as 30s or 5m`,
  unreadableFile: (file, reason) => `${file} cannot be read: ${reason}`,
  title: (rule, from, to) => `${rule}, ${from} to ${to}`,
  ran: (evaluations, seconds, times) =>
    `${counted(evaluations, 'evaluation')} in ${seconds} s, ${times} times real time. Nothing was sent.`,
  complete: (percent) => `The history of this time is ${percent} % complete.`,
  holes: (count, total) =>
    `${counted(count, 'stretch', 'stretches')} without data, ${total} in all; nothing is judged in them:`,
  andMore: (count) => `... and ${count} more`,
  minutes: (until) => `Until ${until} only the last sample of each minute is kept: the resolution there is a minute.`,
  noSeries: (selector) => `${selector} found no series at all: the rule cannot fire on it.`,
  partly: (selector, percent) => `${selector} found series in ${percent} % of the time only.`,
  recorded: (names) => `Recording rules that it reads were evaluated, too: ${names}`,
  fault: (rule, reason, count) => `${rule === '' ? '' : `${rule} failed, `}${counted(count, 'time')}: ${reason}`,
  never: 'It would never have fired.',
  firings: 'Firings',
  notifications: 'Notifications',
  columns: {
    fired: 'fired',
    until: 'until',
    lasted: 'for',
    max: 'max',
    notes: 'note',
    alert: 'alert',
    at: 'at',
    channel: 'channel',
    state: 'state',
    outcome: 'outcome',
    alerts: 'alerts',
  },
  stillFiring: 'still firing',
  fromStart: 'from start',
  flap: 'flap',
  firing: 'firing',
  resolved: 'resolved',
  sent: 'sent',
  notSent: (reason) => `not sent: ${reason}`,
  reasons: {
    no_channel: 'the receiver has no channel',
    ended_before_told: 'it ended before its group was told',
    range_ended: 'the range ended before',
    send_resolved_off: 'send_resolved is off',
  },
  totals: ({ firings, lasted, longest, flaps, pendingOnly, sent, notSent }) =>
    `${counted(firings, 'firing')}, ${lasted} in all, the longest ${longest}; ${counted(flaps, 'flap')}; ${counted(pendingOnly, 'condition')} ended while pending; ${counted(sent, 'notification')} sent, ${notSent} not.`,
  noCurrent: (rule) => `No configured rule is called ${rule}: there is nothing to compare it with.`,
  compared: ({ both, onlyNew, onlyCurrent }) =>
    `Beside the configured rule: ${counted(both, 'firing')} of both, ${onlyNew} of the new one only, ${onlyCurrent} of the configured one only.`,
  changes: (lasted, notifications) => `Firing time ${lasted}, notifications ${notifications}.`,
  onlyNew: 'Only the new rule fires',
  onlyCurrent: 'Only the configured rule fires',
};

export const backtestKorean: BacktestMessages = {
  help: {
    backtest: '저장된 기록을 규칙에 다시 흘려 봅니다: 언제 울렸을지, 누구에게 알렸을지.',
    rule: '설정된 알림의 이름',
    file: 'Prometheus 형식이나 자체 형식의 규칙 파일: 그 안의 규칙을 시험하고 설정된 규칙과 비교합니다',
    ruleOption: '파일에 알림이 여럿일 때 어느 것인지',
    from: '처음 초: 날짜, 시각, 유닉스 초, 또는 2d처럼 얼마 전인지 (기본값: 끝에서 하루 전)',
    to: '마지막 초 (기본값: 지금)',
    flap: '끝난 뒤 이 시간 안에 다시 울리면 반복 울림으로 셉니다 (기본값: 5m)',
    withSilences: '보관된 사일런스를 각각의 시간에 적용합니다',
    json: '결과를 JSON으로 출력합니다',
  },
  replaying: '다시 실행 중',
  left: (seconds) => `${seconds}초 남음`,
  cancelled: '취소했습니다.',
  noRule: '다시 실행할 규칙의 이름이나 규칙이 든 파일(--file)을 지정하십시오',
  twoRules: '규칙을 두 번 지정했습니다: 앞에 쓰거나 --rule로 쓰고, 둘 다 쓰지는 마십시오',
  notFlap: (found) => `--flap 값이 기간이 아닙니다: ${found}. 30s나 5m처럼 쓰십시오`,
  unreadableFile: (file, reason) => `${file}을(를) 읽을 수 없습니다: ${reason}`,
  title: (rule, from, to) => `${rule}, ${from}부터 ${to}까지`,
  ran: (evaluations, seconds, times) =>
    `평가 ${evaluations}번을 ${seconds}초에 마쳤습니다. 실제 시간의 ${times}배입니다. 아무것도 보내지 않았습니다.`,
  complete: (percent) => `이 시간의 기록은 ${percent} % 있습니다.`,
  holes: (count, total) =>
    `데이터가 없는 구간이 ${count}개, 모두 ${total}입니다. 그 안에서는 아무것도 판단하지 않습니다:`,
  andMore: (count) => `... 외 ${count}개`,
  minutes: (until) => `${until}까지는 1분마다 마지막 샘플만 남아 있습니다: 그 구간의 해상도는 1분입니다.`,
  noSeries: (selector) => `${selector}에 맞는 시계열이 전혀 없습니다: 이 규칙은 이것으로 울릴 수 없습니다.`,
  partly: (selector, percent) => `${selector}에 맞는 시계열은 전체 시간의 ${percent} %에만 있었습니다.`,
  recorded: (names) => `이 규칙이 읽는 기록 규칙도 함께 평가했습니다: ${names}`,
  fault: (rule, reason, count) => `${rule === '' ? '' : `${rule} 실패, `}${count}번: ${reason}`,
  never: '한 번도 울리지 않았을 것입니다.',
  firings: '울림',
  notifications: '통지',
  columns: {
    fired: '시작',
    until: '끝',
    lasted: '기간',
    max: '최대',
    notes: '비고',
    alert: '알림',
    at: '시각',
    channel: '채널',
    state: '상태',
    outcome: '결과',
    alerts: '알림',
  },
  stillFiring: '아직 울림',
  fromStart: '처음부터',
  flap: '반복',
  firing: '울림',
  resolved: '해결',
  sent: '보냄',
  notSent: (reason) => `보내지 않음: ${reason}`,
  reasons: {
    no_channel: '수신자에 채널이 없음',
    ended_before_told: '그룹을 알리기 전에 끝남',
    range_ended: '그 전에 구간이 끝남',
    send_resolved_off: 'send_resolved가 꺼져 있음',
  },
  totals: ({ firings, lasted, longest, flaps, pendingOnly, sent, notSent }) =>
    `울림 ${firings}번, 모두 ${lasted}, 가장 긴 것 ${longest}; 반복 ${flaps}번; 대기 중에 끝난 조건 ${pendingOnly}번; 보낸 통지 ${sent}개, 보내지 않은 통지 ${notSent}개.`,
  noCurrent: (rule) => `${rule}(이)라는 설정된 규칙이 없습니다: 비교할 것이 없습니다.`,
  compared: ({ both, onlyNew, onlyCurrent }) =>
    `설정된 규칙과 견주면: 둘 다 ${both}번, 새 규칙만 ${onlyNew}번, 설정된 규칙만 ${onlyCurrent}번.`,
  changes: (lasted, notifications) => `울린 시간 ${lasted}, 통지 ${notifications}.`,
  onlyNew: '새 규칙만 울림',
  onlyCurrent: '설정된 규칙만 울림',
};
