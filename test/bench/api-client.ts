import { Agent, request } from 'node:http';

/** Asks an HTTP API as Prometheus has it, over one connection that stays open. */
export class ApiClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;
  readonly #token: string | undefined;

  constructor(url: string, token?: string) {
    this.#url = url;
    this.#token = token;
  }

  /** The text of the answer. Rejects when the answer is a refusal. */
  text(path: string, parameters: Readonly<Record<string, string | number>>): Promise<string> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
    const headers = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    return new Promise((resolve, reject) => {
      const asked = request(
        `${this.#url}/api/v1/${path}?${query.toString()}`,
        { agent: this.#agent, headers },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            if (answer.statusCode === 200) resolve(text);
            else reject(new Error(`${answer.statusCode} ${text.slice(0, 500)}`));
          });
        },
      );
      asked.on('error', reject).end();
    });
  }

  async data<Data>(path: string, parameters: Readonly<Record<string, string | number>>): Promise<Data> {
    return (JSON.parse(await this.text(path, parameters)) as { data: Data }).data;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Milliseconds of the median of `count` calls, after `warmUps` that do not count. */
export async function medianMs(count: number, work: () => unknown, warmUps = 3): Promise<number> {
  const times: number[] = [];
  for (let i = -warmUps; i < count; i++) {
    const began = performance.now();
    const pending = work();
    if (pending instanceof Promise) await pending;
    if (i >= 0) times.push(performance.now() - began);
  }
  return median(times);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
