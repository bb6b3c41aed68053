import { writeFile, mkdir } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adminToken, Program } from '../../support/program.js';
import { until } from '../../support/until.js';

/**
 * Stands in for the command `alertmanager` in Alertmanager's own tests: takes its flags, runs Tapewatch on the same configuration, and says on
 * stderr where it listens. In between it does what these tests cannot: it signs in, and names a cluster of one, which they wait for.
 */
const { values } = parseArgs({
  options: { 'config.file': { type: 'string' }, 'storage.path': { type: 'string' } },
  strict: false,
});
const [configFile, folder] = [String(values['config.file']), String(values['storage.path'])];

await mkdir(folder, { recursive: true });
const config = join(folder, 'tapewatch.yaml');
await writeFile(
  config,
  `alertmanager_config: ${configFile}\nshipped_rules: false\nhost: { enabled: false }\nreload: { watch: false }\n`,
);
const program = await Program.launch({
  dataDir: join(folder, 'tapewatch'),
  args: ['start', '--config', config],
});
void program.ended.then(({ code }) => {
  process.stderr.write(program.output);
  process.exit(code ?? 1);
});
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => program.signal(signal));
// A test that gives up on its start leaves it behind.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) program.signal('SIGTERM');
}, 1_000).unref();
await until('ready', 60_000, () =>
  fetch(`${program.url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  ),
);

const proxy = createServer((asked, answer) => {
  const headers = { ...asked.headers, authorization: `Bearer ${adminToken}` };
  const { method, url: path } = asked;
  const passedOn = request({ port: program.port, host: '127.0.0.1', path, method, headers }, (answered) => {
    if (path?.endsWith('/api/v2/status') === true) void answerStatus(answered, answer);
    else answered.pipe(answer.writeHead(answered.statusCode ?? 502, answered.headers));
  });
  passedOn.on('error', () => answer.writeHead(502).end());
  asked.pipe(passedOn);
});
proxy.listen(0, '127.0.0.1', () => {
  const { port } = proxy.address() as AddressInfo;
  process.stderr.write(`msg="Listening on" address=127.0.0.1:${port}\n`);
});

async function answerStatus(answered: IncomingMessage, answer: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of answered) parts.push(part as Buffer);
  const status = JSON.parse(Buffer.concat(parts).toString()) as object;
  const cluster = { status: 'ready', name: 'one', peers: [{ name: 'one', address: '127.0.0.1:9094' }] };
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify({ ...status, cluster }));
}
