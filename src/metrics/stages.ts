import type { Load } from '../model/load.ts';
import { integralUpTo, type LoadProfile, profileOf } from '../model/load-profile.ts';
import type { RequestRecord } from '../model/record.ts';
import { type Milliseconds, MS_PER_SECOND } from '../model/units.ts';
import { type Distribution, distributionOf } from './distribution.ts';
import { e2eMs, e2eScheduledMs, ttftMs, ttftScheduledMs } from './latency.ts';

/** What one stage of a load asked for, and what came of it. */
export interface StageSummary {
  /** From the measured phase's start. */
  readonly startMs: Milliseconds;
  /** Shorter than asked where the measured phase ended before. */
  readonly durationMs: Milliseconds;
  /** Level at its start and its end: a rate per second, or clients. */
  readonly from: number;
  readonly to: number;
  /** Mean level asked for. */
  readonly asked: number;
  /** The same as it was: requests sent per second, or mean requests in flight. */
  readonly achieved: number;
  /** First attempts that were due in it and sent, then or later, and all attempts at them that ended so or so. */
  readonly sent: number;
  readonly completed: number;
  readonly failed: number;
  /** Generated tokens that arrived in it, per second; undefined when nobody counted any. */
  readonly outputTokensPerSecond: number | undefined;
  /** Of requests that were due in it; from when they were due where the load is open. */
  readonly ttft: Distribution;
  readonly e2e: Distribution;
}

/** One measured attempt, as far as stages need it. */
interface Seen {
  readonly dueAtMs: Milliseconds;
  readonly startedAtMs: Milliseconds;
  readonly endedAtMs: Milliseconds;
  readonly isFirst: boolean;
  readonly outcome: RequestRecord['outcome']['kind'];
  readonly ttftMs: Milliseconds | undefined;
  readonly e2eMs: Milliseconds | undefined;
}

/** Bounds of the measured phase, and what arrived in it. */
export interface StageBounds {
  readonly startMs: Milliseconds;
  readonly endMs: Milliseconds;
  readonly tokens: readonly { readonly atMs: Milliseconds; readonly tokens: number }[];
}

/** Gathers the measured attempts of one target, in any order. A load without stages has none. */
export interface StageTally {
  add(record: RequestRecord): void;
  summarize(bounds: StageBounds): readonly StageSummary[];
}

export function createStageTally(load: Load): StageTally {
  const profile = profileOf(load);
  if (profile === undefined || profile.stages.length === 0) return { add: () => undefined, summarize: () => [] };
  const isOpen = load.kind === 'open-loop';
  const seen: Seen[] = [];
  return {
    add(record) {
      const { scheduledAtMs, startedAtMs, endedAtMs } = record.instants;
      seen.push({
        dueAtMs: scheduledAtMs ?? startedAtMs,
        startedAtMs,
        endedAtMs,
        isFirst: record.attempt === 1,
        outcome: record.outcome.kind,
        ttftMs: isOpen ? ttftScheduledMs(record) : ttftMs(record),
        e2eMs: isOpen ? e2eScheduledMs(record) : e2eMs(record),
      });
    },
    summarize: (bounds) =>
      spansOf(profile, bounds.endMs - bounds.startMs).map((span) => summarize(span, { profile, bounds, seen, isOpen })),
  };
}

interface Span {
  readonly startMs: Milliseconds;
  readonly endMs: Milliseconds;
  readonly from: number;
  readonly to: number;
}

/** The stages as far as the measured phase went, and what held after them. */
function spansOf({ stages, held }: LoadProfile, measuredMs: Milliseconds): readonly Span[] {
  const spans: Span[] = [];
  let startMs = 0;
  for (const { from, to, durationMs } of stages) {
    spans.push({ startMs, endMs: Math.min(startMs + durationMs, measuredMs), from, to });
    startMs += durationMs;
  }
  spans.push({ startMs, endMs: measuredMs, from: held, to: held });
  return spans.filter((span) => span.endMs > span.startMs);
}

interface Material {
  readonly profile: LoadProfile;
  readonly bounds: StageBounds;
  readonly seen: readonly Seen[];
  readonly isOpen: boolean;
}

function summarize(span: Span, { profile, bounds, seen, isOpen }: Material): StageSummary {
  const durationMs = span.endMs - span.startMs;
  const [startMs, endMs] = [bounds.startMs + span.startMs, bounds.startMs + span.endMs];
  const isInside = (atMs: Milliseconds): boolean => atMs >= startMs && atMs < endMs;
  const due = seen.filter(({ dueAtMs }) => isInside(dueAtMs));
  const count = (outcome: Seen['outcome']): number => due.filter((one) => one.outcome === outcome).length;
  const completed = due.filter(({ outcome }) => outcome === 'completed');
  const asked = integralUpTo(profile, span.endMs) - integralUpTo(profile, span.startMs);
  const sentInside = seen.filter(({ isFirst, startedAtMs }) => isFirst && isInside(startedAtMs)).length;
  return {
    startMs: span.startMs,
    durationMs,
    from: span.from,
    to: span.to,
    asked: (asked * MS_PER_SECOND) / durationMs,
    achieved: isOpen ? (sentInside * MS_PER_SECOND) / durationMs : busyMs(seen, startMs, endMs) / durationMs,
    sent: due.filter(({ isFirst }) => isFirst).length,
    completed: completed.length,
    failed: count('failed'),
    outputTokensPerSecond: tokensPerSecond(
      bounds.tokens.filter(({ atMs }) => isInside(atMs)),
      bounds,
      durationMs,
    ),
    ttft: distributionOf(completed.map((one) => one.ttftMs).filter((value) => value !== undefined)),
    e2e: distributionOf(completed.map((one) => one.e2eMs).filter((value) => value !== undefined)),
  };
}

/** Time that requests were in flight between two instants, all added up. */
function busyMs(seen: readonly Seen[], startMs: Milliseconds, endMs: Milliseconds): Milliseconds {
  return seen.reduce(
    (sum, one) => sum + Math.max(0, Math.min(one.endedAtMs, endMs) - Math.max(one.startedAtMs, startMs)),
    0,
  );
}

function tokensPerSecond(
  inside: StageBounds['tokens'],
  { tokens }: StageBounds,
  durationMs: Milliseconds,
): number | undefined {
  if (tokens.length === 0) return undefined;
  return (inside.reduce((sum, arrival) => sum + arrival.tokens, 0) * MS_PER_SECOND) / durationMs;
}

export function hasStages(load: Load): boolean {
  return load.kind !== 'trace' && load.stages.length > 0;
}
