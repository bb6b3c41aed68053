import type { Picks } from './picks.ts';

/** So many bytes of a zigzag number are put together as one of 32 bits. */
export const mostPlanes = 3;

let scratch = new Int32Array(4096);

/**
 * The numbers that byte planes of zigzag numbers say, undone by as many sums as `order` says; with a bitmap only those that are not
 * zero are in the planes, less one. In loops of their own for what nearly all chunks are, as queries of days and starting again after a crash wait for
 * them. At most `mostPlanes` planes.
 */
export function fromSmallSteps(
  planes: Uint8Array,
  bitmap: Uint8Array | undefined,
  { count, others, order }: { readonly count: number; readonly others: number; readonly order: number },
  picks: Picks | undefined,
): Float64Array {
  if (scratch.length < count) scratch = new Int32Array(count);
  const width = others === 0 ? 0 : Math.floor(planes.length / others);
  const steps = scratch;
  if (bitmap !== undefined) spreadSteps(planes, bitmap, others, width, count);
  else if (width === 1) for (let i = 0; i < count; i++) steps[i] = unzigzag(planes[i] as number);
  else if (width === 2)
    for (let i = 0; i < count; i++) steps[i] = unzigzag((planes[i] as number) | ((planes[count + i] as number) << 8));
  else if (width === 3)
    for (let i = 0; i < count; i++) {
      const low = (planes[i] as number) | ((planes[count + i] as number) << 8);
      steps[i] = unzigzag(low | ((planes[2 * count + i] as number) << 16));
    }
  else steps.fill(0, 0, count);
  return summedUp(steps, count, order, picks, fitsInteger(width, order, count));
}

function unzigzag(zigzag: number): number {
  return (zigzag >>> 1) ^ -(zigzag & 1);
}

function spreadSteps(planes: Uint8Array, bitmap: Uint8Array, others: number, width: number, count: number): void {
  const steps = scratch;
  steps.fill(0, 0, count);
  let next = 0;
  for (let byte = 0; byte * 8 < count; byte++) {
    let bits = bitmap[byte] as number;
    for (let i = byte * 8; bits !== 0 && i < count; i++, bits >>= 1) {
      if ((bits & 1) === 0) continue;
      let zigzag = 1;
      if (width > 0) zigzag += planes[next] as number;
      if (width > 1) zigzag += (planes[others + next] as number) << 8;
      if (width > 2) zigzag += (planes[2 * others + next] as number) << 16;
      steps[i] = unzigzag(zigzag);
      next++;
    }
  }
}

/** Whether no sum of the steps, and of these sums, can leave 32 bits. */
function fitsInteger(width: number, order: number, count: number): boolean {
  return 2 ** (8 * width - 1) * 2 * count ** Math.max(1, order) < 2 ** 31;
}

function summedUp(
  steps: Int32Array,
  count: number,
  order: number,
  picks: Picks | undefined,
  small: boolean,
): Float64Array {
  const wanted = picks?.length ?? count;
  const numbers = new Float64Array(wanted);
  if (order === 0) {
    for (let k = 0; k < wanted; k++) numbers[k] = steps[picks === undefined ? k : (picks[k] as number)] as number;
    return numbers;
  }
  if (small && order === 1) sumSmall(steps, numbers, picks);
  else sum(steps, numbers, order, picks);
  return numbers;
}

function sumSmall(steps: Int32Array, numbers: Float64Array, picks: Picks | undefined): void {
  let number = 0;
  if (picks === undefined) {
    for (let i = 0; i < numbers.length; i++) {
      number = (number + (steps[i] as number)) | 0;
      numbers[i] = number;
    }
    return;
  }
  let i = 0;
  for (let k = 0; k < picks.length; k++) {
    const end = picks[k] as number;
    for (; i <= end; i++) number = (number + (steps[i] as number)) | 0;
    numbers[k] = number;
  }
}

function sum(steps: Int32Array, numbers: Float64Array, order: number, picks: Picks | undefined): void {
  let step = 0;
  let number = 0;
  let i = 0;
  for (let k = 0; k < numbers.length; k++) {
    const end = picks === undefined ? k : (picks[k] as number);
    if (order === 2) for (; i <= end; i++) number += step += steps[i] as number;
    else for (; i <= end; i++) number += steps[i] as number;
    numbers[k] = number;
  }
}
