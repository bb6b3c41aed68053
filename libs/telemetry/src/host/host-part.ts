/** A part of the host's instruments; they are observed until it is stopped. */
export interface HostPart {
  stop(): void | Promise<void>;
}
