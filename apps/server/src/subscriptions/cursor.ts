import { refuseInput } from '../graphql/result.js';

/** An event's cursor as clients see it: opaque to them, the event's number to us. */
export function encodeCursor(cursor: number): string {
  return String(cursor);
}

/** The number of a cursor that a client handed back; undefined when it handed back none. */
export function decodeCursor(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    refuseInput(
      'after',
      `"${text.slice(0, 50)}" is no cursor; use an event's \`cursor\`, or leave \`after\` out to begin now`,
    );
  }
  return Number(text);
}
