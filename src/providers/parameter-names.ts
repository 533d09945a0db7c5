import { PARAMETERS as ENTRIES } from './parameters/parameter.ts';

/** All parameters that have a rule or a name of their own somewhere, as users know them. */
export const PARAMETERS: readonly string[] = ENTRIES.map(({ name }) => name);
