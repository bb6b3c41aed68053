import { startPeer, type Peer } from '../support/peer.js';

/** The real Alertmanager that a benchmark holds Tapewatch against, without a cluster. */
export function startPeerAlertmanager(config: string): Promise<Peer> {
  return startPeer('alertmanager', { config });
}
