import type { Adjustment } from '../../model/adjustment.ts';
import type { ParameterNote, ParameterProblem } from '../../model/parameter-check.ts';
import type { ParameterMode } from '../../model/parameters.ts';
import type { JsonObject, JsonValue } from '../../model/units.ts';
import type { Family } from './family.ts';
import type { Target } from './matching.ts';
import { findParameter, isObject, type ParameterEntry, type ParameterName } from './parameter.ts';

/** One parameter on its way from what the user wrote to what is sent. */
export interface Entry {
  /** As the user wrote it. */
  readonly typed: string;
  /** What it is known as; of a parameter that is passed through, the name the user wrote. */
  name: string;
  /** Undefined: passed through. */
  known: ParameterEntry | undefined;
  /** Null for one that a rule brought. */
  readonly original: JsonValue;
  /** Undefined: not sent. */
  value: JsonValue | undefined;
  /** What was done to the value, in order. */
  readonly steps: Step[];
}

export interface Step {
  readonly action: Exclude<Adjustment['action'], 'rename'>;
  readonly reason: string;
  readonly source: string;
}

/** What a catalog file of the user's says of the model. It knows better than our rules. Undefined: not said. */
export interface ParameterCapabilities {
  readonly acceptsTemperature: boolean | undefined;
  readonly reasons: boolean | undefined;
  /** Values of reasoning_effort. */
  readonly efforts: readonly string[] | undefined;
  readonly callsTools: boolean | undefined;
  readonly maxOutputTokens: number | undefined;
  /** Name and date of the file. */
  readonly source: string;
}

/** The work on one target's parameters. */
export interface Draft {
  readonly target: Target;
  readonly family: Family;
  readonly mode: ParameterMode;
  readonly skip: ReadonlySet<string>;
  readonly capabilities: ParameterCapabilities | undefined;
  readonly promptsHaveTools: boolean;
  readonly entries: Entry[];
  /** The first of each parameter. */
  readonly problems: Map<string, ParameterProblem>;
  readonly notes: Map<string, ParameterNote>;
  /** Rises with every change, so that a pass which changed nothing can be told. */
  changes: number;
}

/** What is wrong, and by which rule. */
export interface Complaint {
  readonly rule: string;
  readonly reason: string;
  readonly source: string;
  readonly wayOut: string | undefined;
  readonly isVerified: boolean;
}

export const LEAVE_IT_OUT = 'leave it out';

/** Parameters that are to be sent, as they stand now. */
export function liveEntry(draft: Draft, name: string): (Entry & { value: JsonValue }) | undefined {
  const entry = draft.entries.find((candidate) => candidate.name === name && candidate.value !== undefined);
  return entry as (Entry & { value: JsonValue }) | undefined;
}

/** The parameter in question, and the value that would do; undefined: none. */
export interface Mendable {
  readonly entry: Entry;
  readonly mended: JsonValue | undefined;
}

/** Strict: the problem is kept. Adjusting: the value is mended; undefined leaves the parameter out. */
export function complain(draft: Draft, complaint: Complaint, { entry, mended }: Mendable): void {
  if (draft.mode !== 'adjust') {
    if (draft.problems.has(entry.typed)) return;
    const { rule, reason, source, isVerified } = complaint;
    const wayOut = complaint.wayOut ?? LEAVE_IT_OUT;
    const value = entry.value ?? null;
    draft.problems.set(entry.typed, { parameter: entry.typed, value, rule, reason, source, wayOut, isVerified });
    return;
  }
  const action = mended === undefined ? 'drop' : typeof mended === 'string' ? 'set' : 'clamp';
  change(draft, entry, {
    value: mended,
    step: { action, reason: complaint.reason, source: complaint.source },
  });
}

export function change(
  draft: Draft,
  entry: Entry,
  { value, step }: { readonly value: JsonValue | undefined; readonly step: Step },
): void {
  entry.value = value;
  entry.steps.push(step);
  draft.changes += 1;
}

export function note(draft: Draft, id: string, remark: ParameterNote): void {
  const key = `${id} ${remark.parameter ?? ''}`;
  if (!draft.notes.has(key)) draft.notes.set(key, remark);
}

/** A parameter that a rule brings. */
export function addEntry(
  draft: Draft,
  name: ParameterName,
  { value, step }: { readonly value: JsonValue; readonly step: Step },
): void {
  const added = { typed: name, name, known: findParameter(name), original: null, value, steps: [step] };
  draft.entries.push(added);
  draft.changes += 1;
}

/** What the user asked for, parameter by parameter. Of two names for one thing the one we know it by comes first. */
export function readEntries(requested: JsonObject): Entry[] {
  return Object.entries(requested)
    .flatMap(([typed, value]) => splitThinking(typed, value))
    .map(([typed, name, value]) => {
      const known = findParameter(name);
      return { typed, name: known?.name ?? name, known, original: value, value, steps: [] };
    });
}

/** LiteLLM's `thinking` of a budget is our `thinking_budget`; whatever else it says is passed through. */
function splitThinking(typed: string, value: JsonValue): readonly (readonly [string, string, JsonValue])[] {
  if (typed !== 'thinking' || !isObject(value)) return [[typed, typed, value]];
  const { type, budget_tokens: budget, ...rest } = value;
  if (type !== 'enabled' || budget === undefined) return [[typed, typed, value]];
  const others = Object.keys(rest).length === 0 ? [] : [[typed, typed, rest] as const];
  return [[typed, 'thinking_budget', budget], ...others];
}
