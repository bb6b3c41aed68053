import type { Program } from './program.js';

export interface SeenEvent {
  readonly cursor: string;
  readonly at: string;
  readonly kind: string;
  readonly alertId: string;
  readonly note: string | null;
}

/** Somebody who follows the alerts over every restart, from the last event that he has, and keeps what he saw. */
export class AlertWitness {
  readonly events: SeenEvent[] = [];

  /** Follows until the program ends. */
  async follow(program: Program): Promise<void> {
    const client = program.subscriptions();
    try {
      const stream = client.iterate<{ alertEvents: SeenEvent }>({
        query: 'subscription ($after: String) { alertEvents(after: $after) { cursor at kind alertId note } }',
        variables: { after: this.events.at(-1)?.cursor ?? '0' },
      });
      for await (const { data } of stream) if (data?.alertEvents !== undefined) this.events.push(data.alertEvents);
    } catch {
      // It was killed.
    } finally {
      await client.dispose();
    }
  }
}
