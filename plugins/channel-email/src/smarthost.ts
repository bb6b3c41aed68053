/** Where the mail server is. */
export interface Smarthost {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, `[::1]:25`; undefined when the text is none. */
export function parseSmarthost(text: string): Smarthost | undefined {
  const parts = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text.trim());
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}
