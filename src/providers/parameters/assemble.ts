import type { Adjustment } from '../../model/adjustment.ts';
import type { Parameters } from '../../model/parameters.ts';
import type { JsonObject, JsonValue } from '../../model/units.ts';
import type { Draft, Entry } from './draft.ts';
import { matches } from './matching.ts';
import { maxTokensOf, spellingOf } from './native-names.ts';
import { findParameter, isObject, PARAMETER_NAMES } from './parameter.ts';
import { NEEDS_MAX_COMPLETION_TOKENS } from './rules-openai.ts';
import type { Written } from './spelling.ts';

/** What is sent, and what was done to get there. */
export interface Assembled {
  readonly parameters: Parameters;
  readonly adjustments: readonly Adjustment[];
}

type Live = Entry & { value: JsonValue };

/** In the target's own words. `maxTokensName`: what the endpoint calls its length limit, where the caller knows. */
export function assemble(draft: Draft, maxTokensName: string | undefined): Assembled {
  const live = draft.entries.filter((entry): entry is Live => entry.value !== undefined);
  const limit = live.find(({ name }) => name === 'max_tokens');
  const limitName = limitNameOf(draft, { typed: limit?.typed, maxTokensName });
  const written = new Map(live.filter(isSpelt).map((entry) => [entry, writeOf(draft, entry)]));
  const extra: Record<string, JsonValue> = {};
  for (const { path, value } of [...written.values()].map(({ main }) => main)) put(extra, path, value);
  for (const entry of inOrder([...written.keys()])) {
    for (const { path, value } of written.get(entry)?.companions ?? [])
      if (read(extra, path) === undefined) put(extra, path, value);
  }
  for (const { typed, known, value } of live) {
    if (known === undefined) extra[typed] = overlay(extra[typed], value);
  }
  const parameters: Parameters = {
    temperature: numberOf(live, 'temperature'),
    maxTokens: numberOf(live, 'max_tokens'),
    maxTokensName:
      maxTokensOf(draft.target.dialect) === undefined && limitName !== 'max_tokens' ? limitName : undefined,
    extra,
  };
  const adjustments = draft.entries.flatMap((entry) =>
    describe(entry, sentOf(entry, { limitName, main: written.get(entry as Live)?.main, draft })),
  );
  return { parameters, adjustments };
}

/** Just as it was written: only the two parameters that have a place of their own are put there. */
export function assembleRaw(draft: Draft): Assembled {
  const extra: Record<string, JsonValue> = {};
  let temperature: number | undefined;
  let maxTokens: number | undefined;
  for (const { typed, value } of draft.entries) {
    if (value === undefined) continue;
    if (typed === 'temperature' && typeof value === 'number') temperature = value;
    else if (typed === 'max_tokens' && typeof value === 'number') maxTokens = value;
    else extra[typed] = value;
  }
  const adjustments = draft.entries.flatMap((entry) => describe(entry, undefined));
  return { parameters: { temperature, maxTokens, maxTokensName: undefined, extra }, adjustments };
}

/** The request after all rules, in names that the user may write; under the user's own where it still means the same. */
export function canonicalOf(draft: Draft): JsonObject {
  return Object.fromEntries(
    draft.entries.flatMap(({ typed, name, value }) => {
      const isStillMeant = (findParameter(typed)?.name ?? typed) === name;
      return value === undefined ? [] : [[isStillMeant ? typed : name, value] as const];
    }),
  );
}

function isSpelt({ name, known }: Entry): boolean {
  return known !== undefined && name !== 'temperature' && name !== 'max_tokens';
}

function writeOf(
  draft: Draft,
  { known, value }: Live,
): { readonly main: Written; readonly companions: readonly Written[] } {
  const written = known === undefined ? undefined : spellingOf(known.name, draft.target).write(value);
  const main = written?.at(-1);
  if (written === undefined || main === undefined)
    throw new Error(`${known?.name} cannot be said, and was not refused`);
  return { main, companions: written.slice(0, -1) };
}

/** So that a budget says what kind of thinking is meant before an effort does. */
function inOrder(entries: readonly Live[]): readonly Live[] {
  const names: readonly string[] = PARAMETER_NAMES;
  return entries.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

interface LimitName {
  /** As the user wrote it; undefined when there is no limit. */
  readonly typed: string | undefined;
  readonly maxTokensName: string | undefined;
}

export function limitNameOf(
  { target, family }: Pick<Draft, 'target' | 'family'>,
  { typed, maxTokensName }: LimitName,
): string {
  const fixed = maxTokensOf(target.dialect);
  if (fixed !== undefined) return fixed;
  if (matches(NEEDS_MAX_COMPLETION_TOKENS, target)) return 'max_completion_tokens';
  const names = maxTokensName === undefined ? family.maxTokensNames : [maxTokensName];
  return typed !== undefined && names.includes(typed) ? typed : (names[0] ?? 'max_tokens');
}

interface Sent {
  readonly name: string;
  readonly value: JsonValue;
}

function sentOf(
  entry: Entry,
  { limitName, main, draft }: { readonly limitName: string; readonly main: Written | undefined; readonly draft: Draft },
): Sent | undefined {
  const { value, known, typed } = entry;
  if (value === undefined) return undefined;
  if (known === undefined || known.name === 'temperature') return { name: typed, value };
  if (known.name === 'max_tokens') return { name: limitName, value };
  return main === undefined ? undefined : { name: spellingOf(known.name, draft.target).name, value: main.value };
}

/** One line for a parameter that does not go out as it was written. */
function describe(entry: Entry, sent: Sent | undefined): readonly Adjustment[] {
  const { typed, original, steps, value } = entry;
  const last = steps.at(-1);
  if (value === undefined || last !== undefined) {
    const reason = [...new Set(steps.map((step) => step.reason))].join('; ');
    const source = [...new Set(steps.map((step) => step.source))].join('; ');
    const action = value === undefined ? 'drop' : (last?.action ?? 'set');
    return [{ parameter: typed, action, from: original, to: sent?.value, sentAs: sent?.name, reason, source }];
  }
  if (sent === undefined || (sent.name === typed && same(sent.value, value))) return [];
  const reason = sent.name === typed ? 'the same in this API’s own words' : 'its name in this API';
  return [
    {
      parameter: typed,
      action: 'rename',
      from: original,
      to: sent.value,
      sentAs: sent.name,
      reason,
      source: 'llm-bench',
    },
  ];
}

function same(one: JsonValue, other: JsonValue): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function numberOf(live: readonly Live[], name: string): number | undefined {
  const value = live.find((entry) => entry.name === name)?.value;
  return typeof value === 'number' ? value : undefined;
}

function put(into: Record<string, JsonValue>, [first = '', ...rest]: readonly string[], value: JsonValue): void {
  if (rest.length === 0) {
    into[first] = overlay(into[first], value);
    return;
  }
  const before = into[first];
  const inner: Record<string, JsonValue> = isObject(before) ? { ...before } : {};
  put(inner, rest, value);
  into[first] = inner;
}

function read(from: JsonObject, [first = '', ...rest]: readonly string[]): JsonValue | undefined {
  const value = from[first];
  if (rest.length === 0) return value;
  return isObject(value) ? read(value, rest) : undefined;
}

/** Objects are laid over each other, all else takes the other's place. */
function overlay(under: JsonValue | undefined, over: JsonValue): JsonValue {
  if (!isObject(under) || !isObject(over)) return over;
  const merged: Record<string, JsonValue> = { ...under };
  for (const [name, value] of Object.entries(over)) merged[name] = overlay(merged[name], value);
  return merged;
}
