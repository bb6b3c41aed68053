import { startPeer, type Peer } from '../support/peer.js';
import { until } from '../support/until.js';

/** The real Prometheus that a benchmark holds Tapewatch against: empty, scraping nothing, taking remote write. */
export function startPeerPrometheus(): Promise<Peer> {
  return startPeer('prometheus', { config: 'global: {}\n', args: ['--web.enable-remote-write-receiver'] });
}

/** Waits until what is older than a few hours is in blocks on the disk, where it would be in a Prometheus that has run all the time. */
export async function blocksWritten(url: string, newestMs: number): Promise<void> {
  await until('Prometheus has written its blocks', 180_000, async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const oldest = /^prometheus_tsdb_head_min_time_seconds (.+)$/m.exec(metrics)?.[1];
    return oldest !== undefined && Number(oldest) * 1000 > newestMs - 4 * 3_600_000;
  });
}
