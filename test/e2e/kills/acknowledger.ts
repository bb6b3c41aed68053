import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Program } from '../../support/program.js';
import { randomShard } from './busy-rules.js';
import type { AlertRecord } from './records.js';

/** Somebody who takes alerts in hand, and remembers what the server has confirmed. */
export class Acknowledger {
  /** Alert ids by the note, which is another each time. */
  readonly confirmed = new Map<string, string>();
  readonly #random: () => number;
  #asked = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  async work(program: Program, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await sleep(this.#random() * 300);
      try {
        await this.acknowledgeOne(program);
      } catch {
        // It was killed: this one was not confirmed.
      }
    }
  }

  /** Every confirmed one is in the history of its alert, once. */
  expectKept(alerts: readonly AlertRecord[]): void {
    const kept = new Map<string, number>();
    for (const { id, history } of alerts)
      for (const { note } of history) kept.set(`${id} ${note}`, (kept.get(`${id} ${note}`) ?? 0) + 1);
    for (const [note, id] of this.confirmed) expect(kept.get(`${id} ${note}`), note).toBe(1);
  }

  private async acknowledgeOne(program: Program): Promise<void> {
    const { alerts } = await program.graphql<{ alerts: { edges: { node: { id: string } }[] } }>(
      'query ($matcher: String!) { alerts(first: 20, filter: { states: [FIRING], matchers: [$matcher] }) { edges { node { id } } } }',
      { matcher: `shard="${randomShard(this.#random)}"` },
    );
    const one = alerts.edges[Math.floor(this.#random() * alerts.edges.length)];
    if (one === undefined) return;
    const note = `acknowledgement ${this.#asked++}`;
    const { acknowledgeAlert } = await program.graphql<{ acknowledgeAlert: { __typename: string } }>(
      'mutation ($id: ID!, $note: String) { acknowledgeAlert(id: $id, note: $note) { __typename } }',
      { id: one.node.id, note },
    );
    if (acknowledgeAlert.__typename === 'Alert') this.confirmed.set(note, one.node.id);
  }
}
