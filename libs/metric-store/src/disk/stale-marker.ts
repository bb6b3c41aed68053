import type { Samples } from '../codec/samples.ts';

/*
 * The stale marker of @tapewatch/model, once more: what runs in the storage worker is loaded file by file, compiled or as TypeScript
 * source, and therefore imports nothing by value but its neighbours and node's own.
 */
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const low = littleEndian ? 0 : 1;

export function isStaleAt(words: Uint32Array, i: number): boolean {
  return words[i * 2 + low] === 2 && words[i * 2 + 1 - low] === 0x7ff00000;
}

/** Without stale markers; the same object when there are none. */
export function withoutStale(samples: Samples): Samples {
  const { times, values } = samples;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  let kept = 0;
  for (let i = 0; i < values.length; i++) if (!isStaleAt(words, i)) kept++;
  if (kept === values.length) return samples;
  const result = { times: new Float64Array(kept), values: new Float64Array(kept) };
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    if (isStaleAt(words, i)) continue;
    result.times[at] = times[i] as number;
    result.values[at++] = values[i] as number;
  }
  return result;
}
