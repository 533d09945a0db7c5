import type { JsonObject } from './units.ts';

/** What is sent beside the messages. A missing value is not sent at all: a provider's default stays its own. */
export interface Parameters {
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
  /** The limit's name on the wire where it is not the dialect's usual one (`max_completion_tokens`). */
  readonly maxTokensName: string | undefined;
  /** Passed through as they are, over anything of the same name. */
  readonly extra: JsonObject;
}

/** Nothing is sent beside the messages. */
export const NO_PARAMETERS: Parameters = {
  temperature: undefined,
  maxTokens: undefined,
  maxTokensName: undefined,
  extra: {},
};

/** `strict`: a parameter that a target refuses ends the run before it begins; `adjust`: it is mended and listed; `pass`: sent as it is. */
export type ParameterMode = 'strict' | 'adjust' | 'pass';
