/**
 * A value that must not be seen: prints as `***` wherever it is logged, serialised or put into text.
 * @public
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself; call it where it is sent, and nowhere else. */
  reveal(): string {
    return this.#value;
  }

  /** A text without the value: for what others say of a request that carried it. */
  hideIn(text: string): string {
    // Secrets from files end with a line break, which is not sent.
    const value = this.#value.trim();
    if (value === '') return text;
    return text.replaceAll(value, '***').replaceAll(encodeURIComponent(value.toWellFormed()), '***');
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '***';
  }
}
