import type { Adjustment } from './adjustment.ts';
import type { ParameterMode } from './parameters.ts';
import type { DialectId } from './target.ts';
import type { JsonObject, JsonValue } from './units.ts';

/** A parameter that a target would refuse. Ends a strict run before anything is sent. */
export interface ParameterProblem {
  /** As the user wrote it. */
  readonly parameter: string;
  readonly value: JsonValue;
  /** Id of the rule, stable as long as the rule is the same. */
  readonly rule: string;
  /** One sentence without its full stop. */
  readonly reason: string;
  /** Where the rule comes from. */
  readonly source: string;
  /** What the user can do, as the end of a sentence. */
  readonly wayOut: string;
  /** False: from memory, or sources disagree. */
  readonly isVerified: boolean;
}

/** Something worth knowing that stops nothing. */
export interface ParameterNote {
  /** Undefined: it is about the target as a whole. */
  readonly parameter: string | undefined;
  /** One sentence without its full stop. */
  readonly text: string;
  readonly source: string;
}

/** What a target makes of one known parameter, before any value is given. */
export interface ParameterSupport {
  readonly parameter: string;
  readonly tier: 'universal' | 'common';
  /** `unknown`: sent as it is, for nobody knows. */
  readonly status: 'supported' | 'refused' | 'unknown';
  /** In words, as `0 to 2`; empty where there is no limit, or none is known. */
  readonly range: string;
  /** What the endpoint takes when none is sent, as far as is known. Information only: never sent. */
  readonly default: JsonValue | undefined;
  /** Its name in the target's API. */
  readonly sentAs: string;
  /** What else holds: why it is refused, or when. */
  readonly remarks: readonly { readonly text: string; readonly source: string; readonly isVerified: boolean }[];
  /** Of range and status. */
  readonly source: string;
}

/** What would be sent to one target beside the prompt, or why nothing would be. */
export interface ParameterDescription {
  /** As the user named it. */
  readonly name: string;
  /** Of the provider catalog; undefined: a bare endpoint. */
  readonly prefix: string | undefined;
  readonly dialect: DialectId;
  /** That the rules went by. */
  readonly model: string;
  readonly mode: ParameterMode;
  readonly outcome:
    | {
        readonly kind: 'sent';
        /** The part of the body that is not the prompt, as it would go out. */
        readonly body: JsonObject;
        readonly adjustments: readonly Adjustment[];
      }
    | { readonly kind: 'refused'; readonly problems: readonly ParameterProblem[] };
  readonly notes: readonly ParameterNote[];
  /** Every parameter that is known by name. */
  readonly support: readonly ParameterSupport[];
}
