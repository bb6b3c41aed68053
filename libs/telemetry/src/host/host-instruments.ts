import { parse } from 'node:path';
import type { Meter } from '@opentelemetry/api';
import type { Clock } from '@tapewatch/model';
import { cpuAndMemory } from './cpu-and-memory.js';
import { disk } from './disk.js';
import { filesystem } from './filesystem.js';
import { FilesystemWatch, systemFilesystems } from './filesystem-watch.js';
import type { HostPart } from './host-part.js';
import { loadAndUptime } from './load-and-uptime.js';
import { network } from './network.js';
import { nodeRuntime } from './node-runtime.js';
import { paging } from './paging.js';
import { processFiles } from './process-files.js';

export interface HostInstrumentsOptions {
  readonly clock: Clock;
  /** This machine's when absent. */
  readonly platform?: NodeJS.Platform;
  /** Where procfs is mounted; `/proc` when absent. A container that watches its host mounts that host's elsewhere. */
  readonly procRoot?: string;
}

export interface HostInstruments {
  /** No figure is observed any more. Idempotent. */
  stop(): Promise<void>;
}

/**
 * The machine and this process under the names of OpenTelemetry's semantic conventions 1.45. A figure that the platform
 * does not have has no metric. Files are read off the main thread, when a collection asks.
 */
export function registerHostInstruments(meter: Meter, options: HostInstrumentsOptions): HostInstruments {
  const { clock, platform = process.platform, procRoot = '/proc' } = options;
  const port = systemFilesystems(procRoot, platform, parse(process.cwd()).root);
  const watch = new FilesystemWatch(clock, port);
  const parts: HostPart[] = [
    cpuAndMemory(meter, clock, procRoot),
    network(meter, clock, procRoot, platform),
    filesystem(meter, watch),
    loadAndUptime(meter, platform),
    nodeRuntime(meter),
    ...(platform === 'linux' ? [paging(meter, procRoot), disk(meter, procRoot), processFiles(meter, procRoot)] : []),
  ];
  // So that the first tick has them already.
  watch.latest();
  return {
    async stop() {
      await Promise.all(parts.splice(0).map(async (part) => part.stop()));
    },
  };
}
