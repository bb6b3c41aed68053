import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivery {
  /** Milliseconds since the epoch, when the whole body was there. */
  readonly at: number;
  readonly key: string;
  readonly body: {
    readonly status: string;
    readonly alerts: readonly {
      readonly status: string;
      readonly id: string;
      readonly labels: Readonly<Record<string, string>>;
    }[];
  };
}

/** A receiver of webhooks on a free port that keeps what it gets. */
export async function startWebhook(): Promise<{
  readonly url: string;
  readonly deliveries: Delivery[];
  readonly stop: () => void;
}> {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      deliveries.push({
        at: Date.now(),
        key: String(request.headers['idempotency-key']),
        body: JSON.parse(text) as Delivery['body'],
      });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    deliveries,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
