import type { JsonValue } from '../../model/units.ts';
import type { Limits } from './limits.ts';
import type { ParameterName } from './parameter.ts';
import type { SourceId } from './sources.ts';

export const FAMILY_IDS = [
  'openai',
  'azure',
  'anthropic',
  'gemini',
  'bedrock',
  'mistral',
  'groq',
  'deepseek',
  'xai',
  'moonshot',
  'perplexity',
  'cohere',
  'openrouter',
  'json-configured',
  'compatible',
  'vllm',
  'lm-studio',
  'ollama',
  'llamacpp',
  'tgi',
  'unknown',
] as const;

/** Endpoints that take the same parameters. */
export type FamilyId = (typeof FAMILY_IDS)[number];

/** What a family makes of one parameter. */
export type Support =
  | {
      readonly is: 'supported';
      readonly limits: Limits;
      /** What the endpoint takes when none is sent. Information only: it is never sent. */
      readonly default: JsonValue | undefined;
      readonly source: SourceId | undefined;
    }
  | { readonly is: 'refused'; readonly reason: string | undefined; readonly source: SourceId | undefined };

export interface Family {
  readonly id: FamilyId;
  /** As it stands within a sentence. */
  readonly title: string;
  /** Prefixes of the provider catalog, where the dialect leaves it open. */
  readonly prefixes: readonly string[];
  /** Names of the length limit that it takes, the best first. Only where the dialect leaves it open. */
  readonly maxTokensNames: readonly string[];
  /** A parameter that is not listed: nobody knows. */
  readonly support: Readonly<Partial<Record<ParameterName, Support>>>;
  /** Of what has no source of its own. */
  readonly source: SourceId;
}
