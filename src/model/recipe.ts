import type { Turn, WorkloadItem } from './workload.ts';

/** How long texts are, in tokens. Draws outside `min … max` are drawn anew. */
export interface LengthLaw {
  readonly law: LengthDistribution;
  /** Least length; 1 where the user said none. */
  readonly min: number;
  /** Undefined: no upper limit. */
  readonly max: number | undefined;
}

export type LengthDistribution =
  | { readonly kind: 'constant'; readonly tokens: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  /** Whole numbers from `from` to `to`, both included. */
  | { readonly kind: 'uniform'; readonly from: number; readonly to: number }
  /** `mu` and `sigma` of the natural logarithm. */
  | { readonly kind: 'lognormal'; readonly mu: number; readonly sigma: number }
  /** Lengths that were seen, ascending, and for each the share of lengths up to it. */
  | { readonly kind: 'empirical'; readonly tokens: readonly number[]; readonly shares: readonly number[] };

/** Words that texts of a known number of tokens are made of, as one tokenizer sees them. */
export interface WordPool {
  /** Its name, as reports show it. */
  readonly tokenizer: string;
  /** True: each word is one token, so that texts have the very length that was asked for. */
  readonly isExact: boolean;
  /** True when the tokenizer is not known to be the model's own. */
  readonly isApproximate: boolean;
  /** Of running text, full stops counted as words. 1 where `isExact`. */
  readonly tokensPerWord: number;
  readonly determiners: readonly string[];
  readonly adjectives: readonly string[];
  readonly nouns: readonly string[];
  readonly verbs: readonly string[];
  readonly prepositions: readonly string[];
}

/** Texts made up, every request its own. */
export interface SyntheticPrompts {
  readonly kind: 'synthetic';
  readonly input: LengthLaw;
  /** Undefined: the plan's own limit, or none. */
  readonly output: LengthLaw | undefined;
  /** Different prompts; undefined: one for each request. */
  readonly prompts: number | undefined;
  readonly prefix: PrefixShare | undefined;
  /** Turns of a conversation; undefined: one. */
  readonly turns: LengthLaw | undefined;
}

/** A part of each prompt that other prompts begin with too. */
export interface PrefixShare {
  /** Of the input tokens, above 0 and at most 1. */
  readonly ratio: number;
  /** How many different ones there are. */
  readonly count: number;
}

/** Arrivals that happened, with texts made up to their lengths. One entry each, in order of arrival. */
export interface TracedPrompts {
  readonly kind: 'trace';
  /** From the first arrival. */
  readonly arrivesAtMs: Float64Array;
  readonly inputTokens: Uint32Array;
  /** 0: not known. */
  readonly outputTokens: Uint32Array;
  /** Ids of blocks of `blockTokens` tokens that begin a prompt: equal ids are equal texts. All entries one after the other. */
  readonly blocks: Uint32Array;
  /** Where the blocks of each entry end in `blocks`. */
  readonly blockEnds: Uint32Array;
  readonly blockTokens: number;
  /** Texts that were given instead of a length, by entry. */
  readonly texts: Readonly<Record<number, string>>;
}

/** Prompts that were given, with what is known of their lengths. */
export interface ListedPrompts {
  readonly kind: 'listed';
  readonly prompts: readonly ListedPrompt[];
  /** Each is a conversation, if only of one turn. */
  readonly isConversation: boolean;
}

export interface ListedPrompt {
  readonly item: WorkloadItem;
  /** Undefined: not counted. */
  readonly inputTokens: number | undefined;
  /** What the user says after each answer. */
  readonly laterTurns: readonly Turn[];
}

/** All that a thread needs to make the prompts of all targets by itself. Holds no secret. */
export interface PromptRecipe {
  readonly prompts: SyntheticPrompts | TracedPrompts | ListedPrompts;
  /** Draws lengths, and texts that need not be new. */
  readonly seed: number;
  /** Draws texts that several requests share: with a cold cache a run draws it anew, so that no earlier one had the same. */
  readonly salt: number;
  /** Whether filler may be the same in two calls. */
  readonly isRepeatable: boolean;
  /** By tokenizer; empty where no text is made. */
  readonly pools: readonly WordPool[];
  /** Place in `pools`, by target. */
  readonly poolOf: readonly number[];
  /** Tokens of filler before the prompts, by target: those that fit it. Empty: prompts are sent without. */
  readonly tiers: readonly (readonly number[])[];
}

/** All prompts of a run, as a message that a thread makes them from. */
export type WorkloadItems = readonly WorkloadItem[] | PromptRecipe;
