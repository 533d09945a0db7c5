/** Takes secrets out of what a server sent, before it is kept, shown or cut. Made in `wire/`, used wherever failures are named. */
export interface Sanitizer {
  /** The whole text, cleaned. */
  text(raw: string): string;
  /** Cleaned, on one line, and cut to what a person reads. */
  line(raw: string): string;
}
