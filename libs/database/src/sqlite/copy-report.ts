import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CopyReport } from './copy-report-worker.js';

/** Looks through a copy of a state file; never rejects for what is in it. */
export async function reportOnCopy(path: string): Promise<CopyReport> {
  const file = import.meta.url.endsWith('.ts') ? './copy-report-worker.ts' : './copy-report-worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: { path }, name: 'tapewatch-copy' });
  try {
    const [report] = (await once(worker, 'message')) as [CopyReport];
    return report;
  } finally {
    await worker.terminate();
  }
}
