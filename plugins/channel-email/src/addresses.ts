import parse from 'nodemailer/lib/addressparser';

/** The bare addresses of a list such as `Ops <ops@example.com>, b@example.com`; undefined when one of them is none. */
export function addressesOf(list: string): readonly string[] | undefined {
  if (/\p{Cc}/u.test(list)) return undefined;
  const addresses = parse(list, { flatten: true }).map(({ address }) => address ?? '');
  const sound = addresses.length > 0 && addresses.every((address) => /^[^\s@<>"]+@[^\s@<>"]+$/.test(address));
  return sound ? addresses : undefined;
}
