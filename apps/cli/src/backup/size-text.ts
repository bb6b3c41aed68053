const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Bytes as people read them; 1 KB = 1024 B, as in the configuration. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}
