import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adminToken, Program } from '../support/program.js';
import { ApiClient } from './api-client.js';

/** The real program over a data folder that has been filled before, measuring nothing but itself. */
export async function serveFolder(
  dataDir: string,
): Promise<{ readonly client: ApiClient; readonly stop: () => Promise<void> }> {
  const config = join(dataDir, 'tapewatch.yaml');
  await writeFile(config, 'host: { enabled: false }\nshipped_rules: false\nmetrics: { memory: 1GB }\n');
  const program = await Program.start({ dataDir, args: ['start', '--config', config] });
  const client = new ApiClient(program.url, adminToken);
  return {
    client,
    async stop() {
      client.close();
      await program.stop();
    },
  };
}
