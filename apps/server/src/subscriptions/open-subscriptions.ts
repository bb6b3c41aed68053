import type { Meter } from '@opentelemetry/api';

/** How many subscriptions are open, for the gauge `tapewatch.subscriptions`. */
export class OpenSubscriptions {
  #count = 0;

  constructor(meter: Meter) {
    const gauge = meter.createObservableGauge('tapewatch.subscriptions', {
      description: 'Open GraphQL subscriptions.',
      unit: '{subscription}',
    });
    gauge.addCallback((result) => result.observe(this.#count));
  }

  get count(): number {
    return this.#count;
  }

  /** Counts one more; the function returned counts it off again, once however often it is called. */
  open(): () => void {
    this.#count++;
    let open = true;
    return () => {
      if (open) this.#count--;
      open = false;
    };
  }
}
