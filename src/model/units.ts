/** Duration, or an instant counted from the run's start; monotonic, fractional. Names end in `Ms` or `AtMs`. */
export type Milliseconds = number;

/** A share from 0 to 1, never a percentage. Names end in `Ratio`. */
export type Ratio = number;

export const MS_PER_SECOND = 1_000;

/** What JSON can hold: parameters passed through to a provider, raw usage blocks. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export type JsonObject = { readonly [key: string]: JsonValue };
