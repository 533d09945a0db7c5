import type { Adjustment } from '../model/adjustment.ts';
import type { ParameterNote, ParameterProblem } from '../model/parameter-check.ts';
import type { ParameterMode, Parameters } from '../model/parameters.ts';
import type { JsonObject, JsonValue } from '../model/units.ts';
import { assemble, assembleRaw, canonicalOf } from './parameters/assemble.ts';
import { runChecks } from './parameters/checks.ts';
import { change, type Draft, type Entry, type ParameterCapabilities, readEntries } from './parameters/draft.ts';
import { familyOf } from './parameters/families.ts';
import type { Target } from './parameters/matching.ts';
import { maxTokensOf, spellingOf } from './parameters/native-names.ts';
import { PARAMETERS } from './parameters/parameter.ts';

export type { ParameterCapabilities } from './parameters/draft.ts';

/** The target, as far as its parameters depend on it. */
export interface ParameterTarget {
  /** Of the provider catalog; undefined: a bare endpoint, of which only the dialect is known. */
  readonly prefix: string | undefined;
  readonly dialect: string;
  /** The base model where it is known, else the model. */
  readonly model: string;
  /** What the catalog says the length limit is called; undefined: it does not say. */
  readonly maxTokensName: string | undefined;
  /** Of the user's catalog file; undefined: there is none, or it does not know the model. */
  readonly capabilities: ParameterCapabilities | undefined;
}

export interface ApplyInput {
  readonly target: ParameterTarget;
  /** By the names of OpenAI and LiteLLM, or the API's own: see `requestedOf`. */
  readonly requested: JsonObject;
  /** Parameters that this model is never sent. */
  readonly skipParams: readonly string[];
  readonly mode: ParameterMode;
  /** Prompts bring tools of their own, beside these parameters. */
  readonly promptsHaveTools?: boolean;
}

export type AppliedParameters =
  | {
      readonly kind: 'ok';
      /** In the target's own words. */
      readonly parameters: Parameters;
      readonly adjustments: readonly Adjustment[];
      readonly notes: readonly ParameterNote[];
      /** The same in the names that the user may write: applied again it gives the same. */
      readonly canonical: JsonObject;
    }
  | {
      readonly kind: 'refused';
      /** Never empty; in the order of the request. */
      readonly problems: readonly ParameterProblem[];
      readonly notes: readonly ParameterNote[];
    };

/**
 * Makes of what a user asks for what a target is sent. Pure. Strict: what the target would refuse is a problem, and only names
 * change. Adjust: it is mended, and each change is listed. Pass: all goes out as it was written. In each mode `skipParams` win,
 * and a parameter that nobody knows is passed through.
 */
export function applyParameters(input: ApplyInput): AppliedParameters {
  const draft = createDraft(input);
  skipParameters(draft);
  if (input.mode === 'pass') return pass(draft);
  leaveOutNulls(draft);
  runChecks(draft);
  const notes = [...draft.notes.values()];
  if (draft.problems.size > 0) {
    const order = draft.entries.map(({ typed }) => typed);
    const problems = [...draft.problems.values()];
    return {
      kind: 'refused',
      problems: problems.toSorted((a, b) => order.indexOf(a.parameter) - order.indexOf(b.parameter)),
      notes,
    };
  }
  const { parameters, adjustments } = assemble(draft, input.target.maxTokensName);
  return { kind: 'ok', parameters, adjustments, notes, canonical: canonicalOf(draft) };
}

/** What a plan's parameters ask for, by the names that users write. */
export function requestedOf({ temperature, maxTokens, maxTokensName, extra }: Parameters): JsonObject {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { [maxTokensName ?? 'max_tokens']: maxTokens }),
    ...extra,
  };
}

/** Base models are told apart in lower case. */
export function toTarget({ prefix, dialect, model }: ParameterTarget): Target {
  return { prefix, dialect, family: familyOf(prefix, dialect).id, model: model.toLowerCase() };
}

function createDraft({ target, requested, skipParams, mode, promptsHaveTools = false }: ApplyInput): Draft {
  const known = toTarget(target);
  return {
    target: known,
    family: familyOf(target.prefix, target.dialect),
    mode,
    skip: allNamesOf(skipParams, known),
    capabilities: target.capabilities,
    promptsHaveTools,
    entries: mode === 'pass' ? rawEntries(requested) : readEntries(requested),
    problems: new Map(),
    notes: new Map(),
    changes: 0,
  };
}

function rawEntries(requested: JsonObject): Entry[] {
  return Object.entries(requested).map(([typed, value]) => {
    return { typed, name: typed, known: undefined, original: value, value, steps: [] };
  });
}

/** Before any rule, so that none speaks of a parameter that is not sent. */
function skipParameters(draft: Draft): void {
  const step = { action: 'drop', reason: 'skip_params of this model', source: 'your configuration' } as const;
  for (const entry of draft.entries) {
    if (draft.skip.has(entry.typed) || draft.skip.has(entry.name)) change(draft, entry, { value: undefined, step });
  }
}

/** A skipped parameter is skipped under all its names. */
function allNamesOf(skipParams: readonly string[], target: Target): ReadonlySet<string> {
  const twins = PARAMETERS.map(({ name, aliases }) => [
    name,
    ...aliases,
    name === 'max_tokens' ? (maxTokensOf(target.dialect) ?? name) : spellingOf(name, target).name,
  ]);
  return new Set([...skipParams, ...twins.filter((names) => names.some((name) => skipParams.includes(name))).flat()]);
}

/** A known parameter that is null is one that is not to be sent. */
function leaveOutNulls(draft: Draft): void {
  const step = { action: 'drop', reason: 'null is not sent', source: 'llm-bench' } as const;
  for (const entry of draft.entries) {
    if (entry.value === null && entry.known !== undefined) change(draft, entry, { value: undefined, step });
  }
}

/** What strict would refuse is said, and sent. */
function pass(draft: Draft): AppliedParameters {
  const { parameters, adjustments } = assembleRaw(draft);
  const sent: Record<string, JsonValue> = {};
  for (const { typed, value } of draft.entries) if (value !== undefined) sent[typed] = value;
  const checked: Draft = {
    ...draft,
    mode: 'strict',
    entries: readEntries(sent),
    problems: new Map(),
    notes: new Map(),
  };
  leaveOutNulls(checked);
  runChecks(checked);
  const warnings = [...checked.problems.values()].map(({ parameter, reason, source }) => {
    return { parameter, text: `sent as it is, though a strict run would refuse it: ${reason}`, source };
  });
  return { kind: 'ok', parameters, adjustments, notes: [...warnings, ...checked.notes.values()], canonical: sent };
}
