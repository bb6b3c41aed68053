const shape = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** `20s`, `5m`, `1h30m`, `500ms` or `0` in milliseconds; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const parts = text === '' ? null : shape.exec(text);
  if (parts === null) return undefined;
  const [hours, minutes, seconds, milliseconds] = parts.slice(1).map((part) => Number(part ?? 0));
  const ms =
    (hours as number) * 3_600_000 +
    (minutes as number) * 60_000 +
    (seconds as number) * 1000 +
    (milliseconds as number);
  return Number.isSafeInteger(ms) ? ms : undefined;
}
