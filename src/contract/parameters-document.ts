import type { ParameterDescription } from '../model/parameter-check.ts';
import type { ParameterMode } from '../model/parameters.ts';
import type { JsonObject, JsonValue } from '../model/units.ts';

/** What targets would be sent: `params --json`. */
export interface ParametersDocument {
  readonly schema: 'llm-bench/parameters/1';
  readonly targets: readonly TargetParametersDocument[];
}

export interface TargetParametersDocument {
  /** As it was named. */
  readonly target: string;
  /** Prefix of the provider catalog; null for a bare endpoint. */
  readonly provider: string | null;
  readonly dialect: string;
  /** That the rules went by. */
  readonly model: string;
  readonly mode: ParameterMode;
  /** `refused`: a run would end before sending. */
  readonly outcome: 'sent' | 'refused';
  /** The part of the request's body that is not the prompt; null when refused. */
  readonly body: JsonObject | null;
  readonly adjustments: readonly {
    readonly parameter: string;
    readonly action: 'clamp' | 'rename' | 'drop' | 'set';
    readonly from: JsonValue;
    /** Null when it is not sent. */
    readonly to: JsonValue;
    readonly sentAs: string | null;
    readonly reason: string;
    readonly source: string;
  }[];
  readonly problems: readonly {
    readonly parameter: string;
    readonly value: JsonValue;
    readonly rule: string;
    readonly reason: string;
    readonly wayOut: string;
    readonly source: string;
    readonly verified: boolean;
  }[];
  readonly notes: readonly { readonly parameter: string | null; readonly text: string; readonly source: string }[];
  /** Every parameter that is known by name. */
  readonly supported: readonly {
    readonly parameter: string;
    readonly tier: 'universal' | 'common';
    /** `unknown`: sent as it is, for nobody knows. */
    readonly status: 'supported' | 'refused' | 'unknown';
    /** In words; empty where no limit is known. */
    readonly range: string;
    /** What the endpoint takes when none is sent; null where that is not known. Never sent. */
    readonly default: JsonValue;
    readonly sentAs: string;
    readonly remarks: readonly { readonly text: string; readonly source: string; readonly verified: boolean }[];
    readonly source: string;
  }[];
}

export function toParametersDocument(descriptions: readonly ParameterDescription[]): ParametersDocument {
  return { schema: 'llm-bench/parameters/1', targets: descriptions.map(toTarget) };
}

function toTarget({
  name,
  prefix,
  dialect,
  model,
  mode,
  outcome,
  notes,
  support,
}: ParameterDescription): TargetParametersDocument {
  return {
    target: name,
    provider: prefix ?? null,
    dialect,
    model,
    mode,
    outcome: outcome.kind,
    body: outcome.kind === 'sent' ? outcome.body : null,
    adjustments:
      outcome.kind === 'sent'
        ? outcome.adjustments.map((made) => ({ ...made, to: made.to ?? null, sentAs: made.sentAs ?? null }))
        : [],
    problems:
      outcome.kind === 'refused'
        ? outcome.problems.map(({ isVerified, ...problem }) => ({ ...problem, verified: isVerified }))
        : [],
    notes: notes.map((note) => ({ ...note, parameter: note.parameter ?? null })),
    supported: support.map(({ remarks, ...known }) => ({
      ...known,
      default: known.default ?? null,
      remarks: remarks.map(({ isVerified, ...remark }) => ({ ...remark, verified: isVerified })),
    })),
  };
}
