import type { LevelStanding, SearchConclusion, SearchKind, SearchOptions, Trial } from '../metrics/search.ts';
import type { RunState } from '../model/run.ts';
import type { JsonObject } from '../model/units.ts';

/** A search as the world sees it: `search --output json` and `report group --output json`. */
export interface SearchDocument {
  readonly schema: 'llm-bench/search/1';
  readonly group: { readonly id: string; readonly asked: JsonObject };
  readonly axis: 'rate' | 'concurrency';
  readonly provider: string | null;
  readonly model: string | null;
  /**
   * `found`: the edge lies between kept and missed. `open`: the highest level allowed is kept. `none`: the lowest is not. `client`:
   * this client could not drive more. `unmeasured`: nor the lowest. `unfinished`: it was broken off, or its steps ran out.
   */
  readonly outcome: SearchKind;
  /** The highest level that keeps the objectives. Requests per second, or requests at a time. */
  readonly kept: number | null;
  /** The lowest level that misses one. */
  readonly missed: number | null;
  /** Holds the true edge; each side is wrong in at most 2.5 % of searches. Null: not known so surely. */
  readonly interval: { readonly low: number | null; readonly high: number | null };
  readonly rules: readonly { readonly text: string; readonly allowed: number }[];
  readonly levels: readonly LevelDocument[];
  /** In the order in which they ran. */
  readonly runs: readonly {
    readonly runId: string;
    readonly state: RunState;
    readonly level: number;
    readonly kind: Trial['kind'];
    /** Why it says nothing of the server. */
    readonly doubts: readonly string[];
  }[];
}

export interface LevelDocument {
  readonly level: number;
  readonly state: LevelStanding['state'];
  readonly isSure: boolean;
  readonly isOverloaded: boolean;
  readonly trials: number;
  /** As `rules`: requests judged, and those beyond the limit. */
  readonly rules: readonly {
    readonly n: number;
    readonly beyond: number;
    readonly share: number | null;
    readonly isSure: boolean;
  }[];
}

export interface SearchDocumentInput {
  readonly groupId: string;
  readonly asked: JsonObject;
  readonly axis: 'rate' | 'concurrency';
  readonly target: { readonly provider: string; readonly model: string } | undefined;
  readonly rules: SearchOptions['rules'];
  readonly conclusion: SearchConclusion;
  readonly runs: SearchDocument['runs'];
}

export function toSearchDocument(input: SearchDocumentInput): SearchDocument {
  const { groupId, asked, axis, target, rules, conclusion, runs } = input;
  return {
    schema: 'llm-bench/search/1',
    group: { id: groupId, asked },
    axis,
    provider: target?.provider ?? null,
    model: target?.model ?? null,
    outcome: conclusion.kind,
    kept: conclusion.kept ?? null,
    missed: conclusion.missed ?? null,
    interval: { low: conclusion.surelyKept ?? null, high: conclusion.surelyMissed ?? null },
    rules: rules.map(({ text, allowed }) => ({ text, allowed })),
    levels: conclusion.levels.map(toLevelDocument),
    runs,
  };
}

function toLevelDocument({ level, state, isSure, isOverloaded, trials, rules }: LevelStanding): LevelDocument {
  return {
    level,
    state,
    isSure,
    isOverloaded,
    trials,
    rules: rules.map(({ n, misses, share, isSure: isRuleSure }) => ({
      n,
      beyond: misses,
      share: share ?? null,
      isSure: isRuleSure,
    })),
  };
}
