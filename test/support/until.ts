import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until there is an answer; fails with what was waited for. */
export async function until<T>(
  what: string,
  withinMs: number,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await sleep(50);
  }
}
