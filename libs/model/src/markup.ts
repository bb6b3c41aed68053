/** HTML or SVG that is safe: everything that was put into it was escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export type MarkupPart = Markup | string | number | readonly Markup[];

/** Builds markup; whatever is put in is escaped, unless it is markup itself. A list is put in piece by piece. */
export function markup(strings: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  let text = strings[0] as string;
  parts.forEach((part, i) => {
    text += safe(part) + (strings[i + 1] as string);
  });
  return new Markup(text);
}

function safe(part: MarkupPart): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map((piece) => piece.text).join('');
  return String(part).replace(/[&<>"']/g, (character) => entities[character] as string);
}
