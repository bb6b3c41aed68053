/** Whole numbers from 0 to 2^53 as their lowest bytes, then their second lowest ...: alike bytes together compress better. */
export function toPlanes(numbers: Float64Array, count: number): Uint8Array {
  const width = widthOf(numbers, count);
  const bytes = new Uint8Array(count * width);
  for (let i = 0; i < count; i++) {
    let rest = numbers[i] as number;
    for (let at = i; rest > 0; at += count) {
      if (rest < 0x80000000) {
        bytes[at] = rest & 255;
        rest >>= 8;
      } else {
        bytes[at] = rest % 256;
        rest = Math.floor(rest / 256);
      }
    }
  }
  return bytes;
}

export function fromPlanes(bytes: Uint8Array, count: number): Float64Array {
  const numbers = new Float64Array(count);
  const width = count === 0 ? 0 : Math.floor(bytes.length / count);
  if (width > 0) for (let i = 0; i < count; i++) numbers[i] = bytes[i] as number;
  let scale = 256;
  for (let plane = 1; plane < width; plane++) {
    const from = plane * count;
    for (let i = 0; i < count; i++) numbers[i] = (numbers[i] as number) + (bytes[from + i] as number) * scale;
    scale *= 256;
  }
  return numbers;
}

function widthOf(numbers: Float64Array, count: number): number {
  let largest = 0;
  for (let i = 0; i < count; i++) if ((numbers[i] as number) > largest) largest = numbers[i] as number;
  let width = 0;
  while (largest >= 1) {
    width++;
    largest = Math.floor(largest / 256);
  }
  return width;
}

const histogram = new Uint32Array(256);

/** About how many bits an entropy coder needs for the bytes. */
export function entropyBits(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
  histogram.fill(0);
  for (let i = from; i < to; i++) histogram[bytes[i] as number] = (histogram[bytes[i] as number] as number) + 1;
  const total = to - from;
  let bits = 0;
  let distinct = 0;
  for (let i = 0; i < 256; i++) {
    const count = histogram[i] as number;
    if (count === 0) continue;
    distinct++;
    bits += count * Math.log2(total / count);
  }
  // The table of the coder: about five bits a symbol.
  return bits + (distinct > 1 ? distinct * 5 : 0);
}

/** As `entropyBits`, plane by plane. */
export function planesBits(bytes: Uint8Array, count: number): number {
  let bits = 0;
  for (let from = 0; from < bytes.length; from += count) bits += entropyBits(bytes, from, from + count);
  return bits;
}
