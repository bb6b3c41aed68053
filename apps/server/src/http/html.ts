/** HTML that is already safe: everything that was put into it was escaped. */
export class Html {
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

/** Builds HTML; whatever is put in is escaped, unless it is Html itself. A list is put in piece by piece. */
export function html(
  strings: TemplateStringsArray,
  ...parts: readonly (Html | string | number | readonly Html[])[]
): Html {
  let text = strings[0] as string;
  parts.forEach((part, i) => {
    text += safe(part) + (strings[i + 1] as string);
  });
  return new Html(text);
}

function safe(part: Html | string | number | readonly Html[]): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map((piece) => piece.text).join('');
  return String(part).replace(/[&<>"']/g, (character) => entities[character] as string);
}
