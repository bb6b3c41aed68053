const blocks = [...'▁▂▃▄▅▆▇█'];

/** The course of values as a line of text, `width` characters from `from` to `to`; where there is no value it is blank. */
export function sparkline(
  points: readonly (readonly [at: number, value: number])[],
  from: number,
  to: number,
  width: number,
): string {
  // The newest of those that share a place.
  const shown: number[] = Array.from({ length: width }, () => Number.NaN);
  for (const [at, value] of points) {
    const place = Math.min(width - 1, Math.floor(((at - from) / Math.max(to - from, 1)) * width));
    if (place >= 0) shown[place] = value;
  }
  const finite = shown.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  return shown
    .map((value) => {
      if (Number.isNaN(value)) return ' ';
      if (!Number.isFinite(value)) return value > 0 ? '█' : '▁';
      const part = high === low ? 0.5 : value / (high - low) - low / (high - low);
      return blocks[Math.min(blocks.length - 1, Math.floor(part * blocks.length))] as string;
    })
    .join('');
}
