/** A mail as a mail program reads it (RFC 5322, 2045, 2047), as far as tests need it. */
export interface Mail {
  /** By name in lower case; encoded words read. */
  readonly headers: Readonly<Record<string, string>>;
  /** The content type, and the text after decoding. */
  readonly parts: readonly { readonly type: string; readonly text: string }[];
  /** As it was delivered, a character for each byte. */
  readonly raw: string;
}

export function readMail(raw: string): Mail {
  const { headers, body } = split(raw);
  return { headers, parts: partsOf(headers, body), raw };
}

function split(raw: string): { headers: Readonly<Record<string, string>>; body: string } {
  const text = raw.replaceAll('\r\n', '\n');
  const end = text.indexOf('\n\n');
  const lines = text
    .slice(0, end)
    .replace(/\n[ \t]+/g, ' ')
    .split('\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      words(line.slice(line.indexOf(':') + 1).trim()),
    ]),
  );
  return { headers, body: text.slice(end + 2) };
}

function partsOf(headers: Readonly<Record<string, string>>, body: string): Mail['parts'] {
  const type = headers['content-type'] ?? 'text/plain';
  const boundary = /boundary="?([^";]+)/.exec(type)?.[1];
  if (boundary !== undefined) {
    const inner = body.split(`--${boundary}`).slice(1, -1);
    return inner.flatMap((part) => {
      const read = split(part.replace(/^\n/, ''));
      return partsOf(read.headers, read.body);
    });
  }
  const bytes = decoded(body, headers['content-transfer-encoding'] ?? '7bit');
  return [{ type, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }];
}

function decoded(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  return Buffer.from(encoding === 'quoted-printable' ? quotedPrintable(body.replace(/=\n/g, '')) : body, 'latin1');
}

function quotedPrintable(text: string): string {
  return text.replace(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Encoded words; the white space between two of them does not count. */
function words(text: string): string {
  return text
    .replace(/(=\?[^?]+\?[BQ]\?[^?]*\?=)\s+(?==\?)/gi, '$1')
    .replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_, kind: string, coded: string) =>
      (kind.toUpperCase() === 'B'
        ? Buffer.from(coded, 'base64')
        : Buffer.from(quotedPrintable(coded.replaceAll('_', ' ')), 'latin1')
      ).toString('utf8'),
    );
}
