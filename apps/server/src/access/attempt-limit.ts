import type { Clock } from '@tapewatch/model';

const mostFailures = 10;
const windowMs = 60_000;
const mostAddresses = 10_000;

/** At most ten failed attempts from one address in any minute; those that succeed do not count. */
export class AttemptLimit {
  readonly #clock: Clock;
  /** On the monotonic clock, oldest first; the address that failed last stands last. */
  readonly #failedAtMs = new Map<string, readonly number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long until another attempt may be made from there; 0 when it may be made now. */
  waitMs(address: string): number {
    const nowMs = this.#clock.monotonic();
    const failed = this.#recent(keyOf(address), nowMs);
    const [oldest] = failed;
    return oldest === undefined || failed.length < mostFailures ? 0 : oldest + windowMs - nowMs;
  }

  failed(address: string): void {
    const key = keyOf(address);
    const nowMs = this.#clock.monotonic();
    const failed = [...this.#recent(key, nowMs), nowMs].slice(-mostFailures);
    this.#failedAtMs.delete(key);
    this.#failedAtMs.set(key, failed);
    const [longestAgo] = this.#failedAtMs.keys();
    if (this.#failedAtMs.size > mostAddresses && longestAgo !== undefined) this.#failedAtMs.delete(longestAgo);
  }

  #recent(key: string, nowMs: number): readonly number[] {
    return (this.#failedAtMs.get(key) ?? []).filter((atMs) => nowMs - atMs < windowMs);
  }
}

/** One user of IPv6 has a whole network of 64 bits. */
function keyOf(address: string): string {
  return address.includes(':') ? expanded(address).slice(0, 4).join(':') : address;
}

function expanded(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail === undefined) return groups;
  const last = tail === '' ? [] : tail.split(':');
  return [...groups, ...Array.from({ length: Math.max(0, 8 - groups.length - last.length) }, () => '0'), ...last];
}
