/** What a client sent cannot be understood; the API answers 400 with the message as a JSON string. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}
