import type { JsonValue } from '../../model/units.ts';
import { type ActiveRule, activeRules } from './active-rules.ts';
import { addEntry, type Complaint, change, complain, type Draft, type Entry, liveEntry, note } from './draft.ts';
import { factOf, holds } from './facts.ts';
import type { Support } from './family.ts';
import { breachOf, describeLimits, type Limits, mend, NO_LIMITS, narrow } from './limits.ts';
import { spellingOf } from './native-names.ts';
import { misfitOf, type ParameterEntry, type ParameterName } from './parameter.ts';
import type { Demand } from './rule.ts';
import { describeSource } from './sources.ts';

type Check = (draft: Draft) => void;
type Live = Entry & { value: JsonValue };
type LiveKnown = Live & { known: ParameterEntry };

/** A range may be left by the value that a rule asks for and the other way round, so adjusting goes on until nothing changes. */
const MOST_PASSES = 10;

/**
 * In the order of the pipeline: temperature into its range, conflicts, what is not supported, ranges. A strict check has the
 * rules first, so that a refusal names the best reason there is.
 */
export function runChecks(draft: Draft): void {
  const first: readonly Check[] = [checkTwice, checkTypes];
  const order: readonly Check[] =
    draft.mode === 'adjust'
      ? [checkTemperature, checkRules, checkSupport, checkRanges, checkSpelling]
      : [checkRules, checkSupport, checkTemperature, checkRanges, checkSpelling];
  for (const check of first) check(draft);
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const before = draft.changes;
    // What was said of a value that has changed since need not be true any more.
    draft.notes.clear();
    for (const check of order) check(draft);
    if (draft.changes === before) return;
  }
  throw new Error(`the rules for ${draft.target.model} never come to rest`);
}

function liveOf(draft: Draft): readonly Live[] {
  return draft.entries.filter((entry): entry is Live => entry.value !== undefined);
}

function knownOf(draft: Draft): readonly LiveKnown[] {
  return liveOf(draft).filter((entry): entry is LiveKnown => entry.known !== undefined);
}

function ours(rule: string, reason: string): Complaint {
  return { rule, reason, source: 'llm-bench', wayOut: undefined, isVerified: true };
}

function checkTwice(draft: Draft): void {
  for (const entry of knownOf(draft)) {
    const twin = knownOf(draft).find((other) => other !== entry && other.name === entry.name);
    if (twin === undefined || entry.typed === entry.name || draft.problems.has(twin.typed)) continue;
    complain(draft, ours('given-twice', `${entry.typed} and ${twin.typed} are the same; give one`), {
      entry,
      mended: undefined,
    });
  }
}

function checkTypes(draft: Draft): void {
  for (const entry of knownOf(draft)) {
    const misfit = misfitOf(entry.value, entry.known.kind);
    if (misfit !== undefined) complain(draft, ours('type', misfit), { entry, mended: undefined });
  }
}

function checkTemperature(draft: Draft): void {
  for (const entry of knownOf(draft)) if (entry.name === 'temperature') checkRange(draft, entry);
}

function checkRanges(draft: Draft): void {
  for (const entry of knownOf(draft)) checkRange(draft, entry);
}

function supportOf(draft: Draft, name: ParameterName): Support | undefined {
  // The user's file knows which efforts there are.
  if (name === 'reasoning_effort' && draft.capabilities?.efforts !== undefined) return undefined;
  return draft.family.support[name];
}

function checkSupport(draft: Draft): void {
  for (const entry of knownOf(draft)) {
    const support = supportOf(draft, entry.known.name);
    if (support?.is !== 'refused') continue;
    const reason = support.reason ?? `${draft.family.title} has no such parameter`;
    const source = support.source ?? draft.family.source;
    complain(
      draft,
      {
        rule: 'unsupported',
        reason,
        source: describeSource(source),
        wayOut: undefined,
        isVerified: source !== 'memory',
      },
      { entry, mended: undefined },
    );
  }
}

/** What the family, and the parameter itself, allow. */
export function limitsOf(draft: Pick<Draft, 'family' | 'capabilities'>, known: ParameterEntry): Limits {
  const isTold = known.name === 'reasoning_effort' && draft.capabilities?.efforts !== undefined;
  const support = isTold ? undefined : draft.family.support[known.name];
  return narrow(known.limits, support?.is === 'supported' ? support.limits : NO_LIMITS);
}

function checkRange(draft: Draft, entry: LiveKnown): void {
  const limits = limitsOf(draft, entry.known);
  const breach = breachOf(entry.value, limits);
  if (breach === undefined) return;
  const support = supportOf(draft, entry.known.name);
  const source = (support?.is === 'supported' ? support.source : undefined) ?? draft.family.source;
  const complaint = {
    rule: 'range',
    reason: `${breach} for ${draft.family.title}`,
    source: describeSource(source),
    wayOut: `give ${describeLimits(limits)}, or leave it out`,
    isVerified: source !== 'memory',
  };
  complain(draft, complaint, { entry, mended: mend(entry.value, limits) });
}

function checkSpelling(draft: Draft): void {
  for (const entry of knownOf(draft)) {
    if (entry.name === 'max_tokens' || entry.name === 'temperature') continue;
    if (spellingOf(entry.known.name, draft.target).write(entry.value) !== undefined) continue;
    const reason = `${draft.family.title} has no way to say this value`;
    complain(draft, ours('cannot-be-said', reason), { entry, mended: undefined });
  }
}

function checkRules(draft: Draft): void {
  for (const active of activeRules(draft)) {
    if (!active.when.every((condition) => holds(condition, draft))) continue;
    if (active.parameters.length === 0)
      note(draft, active.id, { parameter: undefined, text: active.reason, source: active.source });
    for (const name of active.parameters) {
      const entry = liveEntry(draft, name);
      // A rule may speak of a value that an earlier one has mended away.
      if (entry !== undefined && active.when.every((condition) => holds(condition, draft)))
        demand(draft, entry, active);
    }
  }
}

function demand(draft: Draft, entry: Live, active: ActiveRule): void {
  const asked: Demand = active.demand;
  const complaint: Complaint = { ...active, rule: active.id };
  switch (asked.kind) {
    case 'absent':
      if (asked.unless === undefined || breachOf(entry.value, asked.unless) !== undefined) {
        complain(draft, complaint, { entry, mended: undefined });
      }
      return;
    case 'within':
      if (breachOf(entry.value, asked.limits) !== undefined) {
        const wayOut = complaint.wayOut ?? `give ${describeLimits(asked.limits)}, or leave it out`;
        complain(draft, { ...complaint, wayOut }, { entry, mended: mend(entry.value, asked.limits) });
      }
      return;
    case 'below':
      demandBelow(draft, entry, { asked, complaint });
      return;
    case 'instead':
      demandInstead(draft, entry, { asked, complaint });
      return;
    case 'advice':
      advise(draft, entry, { asked, complaint });
  }
}

interface Demanded<Kind extends Demand['kind']> {
  readonly asked: Extract<Demand, { kind: Kind }>;
  readonly complaint: Complaint;
}

function demandBelow(draft: Draft, entry: Live, { asked, complaint }: Demanded<'below'>): void {
  const { other, otherwise, least } = asked;
  const stated = factOf(other, draft);
  const limit = typeof stated === 'number' ? stated : otherwise;
  if (typeof entry.value !== 'number' || entry.value < limit) return;
  if (draft.mode !== 'adjust' || stated !== undefined || draft.skip.has(other)) {
    complain(draft, complaint, { entry, mended: limit - 1 < least ? undefined : limit - 1 });
    return;
  }
  const step = { action: 'set', reason: complaint.reason, source: complaint.source } as const;
  addEntry(draft, other, { value: entry.value + otherwise, step });
}

function demandInstead(draft: Draft, entry: Live, { asked, complaint }: Demanded<'instead'>): void {
  const value = asked.values[String(entry.value)];
  const isFree = liveEntry(draft, asked.other) === undefined && !draft.skip.has(asked.other);
  if (draft.mode !== 'adjust' || value === undefined || !isFree) {
    complain(draft, complaint, { entry, mended: undefined });
    return;
  }
  const { reason, source } = complaint;
  entry.known = { ...(entry.known as ParameterEntry), name: asked.other, kind: 'integer' };
  entry.name = asked.other;
  change(draft, entry, { value, step: { action: 'set', reason, source } });
}

function advise(draft: Draft, entry: Live, { asked, complaint }: Demanded<'advice'>): void {
  if (asked.limits !== undefined && breachOf(entry.value, asked.limits) === undefined) return;
  const mended = asked.mends && asked.limits !== undefined ? mend(entry.value, asked.limits) : undefined;
  if (draft.mode === 'adjust' && mended !== undefined) {
    change(draft, entry, {
      value: mended,
      step: { action: 'clamp', reason: complaint.reason, source: complaint.source },
    });
    return;
  }
  note(draft, complaint.rule, { parameter: entry.typed, text: complaint.reason, source: complaint.source });
}
