import { Labels } from '@tapewatch/model';

/** An alert as another program sends it. Times are milliseconds since the epoch. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt?: number;
  /** Absent: it ends when nobody sends it again for as long as the resolve timeout. */
  readonly endsAt?: number;
  /** Where it comes from, as a link. */
  readonly generatorUrl?: string;
  /** It is said once, and not again and again while it holds: when a person has resolved it, it is over. */
  readonly once?: boolean;
}

/** What is known of it: one label set over all who send it, as Alertmanager keeps it. */
export interface KnownAlert {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Its end is only the timeout of whoever sent it last. */
  readonly timeout: boolean;
  readonly updatedAt: number;
  readonly once: boolean;
  readonly generatorUrl?: string;
}

/** With the times that were left out; labels without a value are none. */
export function known(posted: PostedAlert, now: number, resolveTimeoutMs: number): KnownAlert {
  const { annotations, generatorUrl } = posted;
  return {
    labels: Labels.of(posted.labels),
    annotations,
    startsAt: posted.startsAt ?? posted.endsAt ?? now,
    endsAt: posted.endsAt ?? now + resolveTimeoutMs,
    timeout: posted.endsAt === undefined,
    updatedAt: now,
    once: posted.once ?? false,
    ...(generatorUrl === undefined ? {} : { generatorUrl }),
  };
}

/** Over, at a time. */
export function isOver({ endsAt }: Pick<KnownAlert, 'endsAt'>, now: number): boolean {
  return endsAt <= now;
}

/**
 * Alertmanager's merge (alert.Merge and provider/mem): where the two overlap, the earliest start counts, annotations are those of the newer,
 * the latest of two ends that are past counts, and of two that are to come a real one before a timeout. Where they do not, the newer stands
 * for itself.
 */
export function merge(old: KnownAlert | undefined, newer: KnownAlert, now: number): KnownAlert {
  if (old === undefined || !overlap(old, newer)) return newer;
  return {
    ...newer,
    startsAt: Math.min(old.startsAt, newer.startsAt),
    ...laterEnd(old, newer, now),
  };
}

function overlap(old: KnownAlert, newer: KnownAlert): boolean {
  const within = (time: number): boolean => time > old.startsAt && time < old.endsAt;
  return within(newer.startsAt) || within(newer.endsAt);
}

function laterEnd(old: KnownAlert, newer: KnownAlert, now: number): Pick<KnownAlert, 'endsAt' | 'timeout'> {
  const oldCounts = isOver(newer, now) ? isOver(old, now) : !old.timeout;
  const { endsAt, timeout } = oldCounts && old.endsAt > newer.endsAt ? old : newer;
  return { endsAt, timeout };
}
