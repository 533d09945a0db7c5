/** A setting's text that cannot be read. The message says what is wrong and what to write; the reader adds the place. */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue';
}
