type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly link: Paint;
  readonly alarm: Paint;
  readonly good: Paint;
}

/** ANSI colours, or the text as it is. */
export function createStyle(coloured: boolean): Style {
  const paint =
    (open: number, close: number): Paint =>
    (text) =>
      coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: paint(1, 22), dim: paint(2, 22), link: paint(36, 39), alarm: paint(31, 39), good: paint(32, 39) };
}
