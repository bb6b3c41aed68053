import type { Alert } from '@tapewatch/model';

export function isFiring({ state }: Alert): boolean {
  return state === 'firing';
}

/** A person has it in hand. */
export function isAcknowledged({ acknowledgement }: Alert): boolean {
  return acknowledgement !== undefined;
}
