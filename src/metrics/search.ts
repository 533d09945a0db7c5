import { type RuleEvidence, type RuleStanding, type ShareRule, standingOf } from './level-evidence.ts';

/** How a search goes about it. */
export interface SearchOptions {
  /** The lowest level, which is tried first. */
  readonly from: number;
  /** The highest that may be tried; undefined: no end but `maxSteps`. */
  readonly to: number | undefined;
  /** Levels are whole numbers, as a concurrency is. */
  readonly isWhole: boolean;
  /** The search ends when the lowest missed level is this share above the highest kept one: 0.05. */
  readonly precision: number;
  /** The most trials of one level, at least 1. */
  readonly looks: number;
  /** The most trials in all. */
  readonly maxSteps: number;
  /** In the order of each trial's evidence. */
  readonly rules: readonly ShareRule[];
}

/** One run at one level. */
export interface Trial {
  readonly level: number;
  /**
   * `measured`: what its requests say. `overloaded`: the server fell behind, or failed too often, so that the run was broken off.
   * `void`: our own side could not drive this level, so that nothing is said of the server.
   */
  readonly kind: 'measured' | 'overloaded' | 'void';
  /** By rule; empty for a void trial. */
  readonly evidence: readonly RuleEvidence[];
}

/** How a level stands after all its trials. */
export interface LevelStanding {
  readonly level: number;
  readonly state: 'kept' | 'missed' | 'void';
  readonly isSure: boolean;
  readonly trials: number;
  readonly isOverloaded: boolean;
  readonly rules: readonly RuleStanding[];
}

/** Why a level is tried. */
export type MoveReason = 'first' | 'climb' | 'bisect' | 'repeat';

export type Move =
  | { readonly kind: 'try'; readonly level: number; readonly reason: MoveReason }
  | { readonly kind: 'done'; readonly conclusion: SearchConclusion };

/**
 * `found`: the edge lies between `kept` and `missed`. `open`: the highest level that was allowed is kept. `none`: not even the
 * lowest is. `client`: kept up to what this client can drive. `unmeasured`: this client could not even drive the lowest.
 * `unfinished`: the steps (or the user's patience, or the money) came to their end before.
 */
export type SearchKind = 'found' | 'open' | 'none' | 'client' | 'unmeasured' | 'unfinished';

export interface SearchConclusion {
  readonly kind: SearchKind;
  /** The highest level that keeps all objectives, with none missed below it; undefined when there is none. */
  readonly kept: number | undefined;
  /** The lowest level that misses one; undefined when none did. */
  readonly missed: number | undefined;
  /** The interval that holds the true edge, each side wrong in at most 2.5 % of searches; undefined: that side is not known so surely. */
  readonly surelyKept: number | undefined;
  readonly surelyMissed: number | undefined;
  /** Ascending. */
  readonly levels: readonly LevelStanding[];
}

/** A doubling climb. */
const GROWTH = 2;
/** Levels are numbers that one can say. */
const FIGURES = 3;

/**
 * What to do next, from all trials so far and nothing else: so that a search can be taken up, shown again or tried out without a
 * clock. First it climbs by doubling until a level misses, then it bisects (by the geometric mean) until the gap is small, then it
 * repeats the levels at the edge until they are sure or were looked at often enough. A level that turns out otherwise when it is
 * repeated opens the search again. Where an edge stays unsure, the levels beyond it are repeated, so that the interval has sure ends.
 */
export function nextMove(trials: readonly Trial[], options: SearchOptions): Move {
  const view = viewOf(trials, options);
  const step = chooseStep(view, options);
  if (step.kind === 'done') return { kind: 'done', conclusion: conclude(view, step.as) };
  if (trials.length >= options.maxSteps) return { kind: 'done', conclusion: conclude(view, 'unfinished') };
  return step;
}

/** What is known up to here, should it end now. */
export function concludeSearch(trials: readonly Trial[], options: SearchOptions): SearchConclusion {
  const move = nextMove(trials, options);
  return move.kind === 'done' ? move.conclusion : conclude(viewOf(trials, options), 'unfinished');
}

/** The trials by level, and where the edge is. */
interface View {
  readonly levels: readonly LevelStanding[];
  readonly kept: LevelStanding | undefined;
  readonly missed: LevelStanding | undefined;
  /** The lowest level above `kept` that could not be driven, however often. */
  readonly blocked: LevelStanding | undefined;
}

function viewOf(trials: readonly Trial[], options: SearchOptions): View {
  const byLevel = Map.groupBy(trials, ({ level }) => level);
  const levels = [...byLevel]
    .map(([level, tried]) => levelStanding(level, tried, options))
    .sort((one, other) => one.level - other.level);
  const missed = levels.find(({ state }) => state === 'missed');
  const kept = levels.findLast(({ state, level }) => state === 'kept' && level < (missed?.level ?? Infinity));
  const blocked = levels.find(({ state, level }) => state === 'void' && level > (kept?.level ?? 0));
  return { levels, kept, missed, blocked };
}

function levelStanding(level: number, trials: readonly Trial[], { rules, looks }: SearchOptions): LevelStanding {
  const seen = trials.filter(({ kind }) => kind !== 'void');
  const isOverloaded = seen.some(({ kind }) => kind === 'overloaded');
  const standings = rules.map((rule, index) =>
    standingOf(
      rule,
      seen.map(({ evidence }) => evidence[index]).filter((each) => each !== undefined),
      looks,
    ),
  );
  const known = { level, trials: trials.length, isOverloaded, rules: standings };
  if (seen.length === 0) return { ...known, state: 'void', isSure: false };
  if (isOverloaded) return { ...known, state: 'missed', isSure: true };
  const missed = standings.filter(({ state }) => state === 'missed');
  // A rule that applied to no request (a TPOT of one token) says nothing; if none applied, nothing was kept.
  const applied = standings.filter(({ state }) => state !== 'unknown');
  if (missed.length > 0) return { ...known, state: 'missed', isSure: missed.some(({ isSure }) => isSure) };
  if (applied.length === 0) return { ...known, state: 'missed', isSure: false };
  return { ...known, state: 'kept', isSure: applied.every(({ isSure }) => isSure) };
}

type Step = Extract<Move, { kind: 'try' }> | { readonly kind: 'done'; readonly as: SearchKind };

function chooseStep(view: View, options: SearchOptions): Step {
  const { levels, kept, missed, blocked } = view;
  const repeat = ({ level }: LevelStanding): Step => ({ kind: 'try', level, reason: 'repeat' });
  if (levels.length === 0) return { kind: 'try', level: options.from, reason: 'first' };
  // Whatever disturbed this client may have passed.
  if (blocked !== undefined && blocked.trials < options.looks) return repeat(blocked);
  if (kept === undefined) {
    if (missed === undefined) return { kind: 'done', as: 'unmeasured' };
    const again = unsettled([missed], options);
    return again === undefined ? { kind: 'done', as: 'none' } : repeat(again);
  }
  const bound = Math.min(missed?.level ?? Infinity, blocked?.level ?? Infinity);
  if (bound === Infinity && kept.level < (options.to ?? Infinity)) {
    return { kind: 'try', level: Math.min(say(kept.level * GROWTH, options), options.to ?? Infinity), reason: 'climb' };
  }
  const middle = bound === Infinity ? undefined : middleOf(kept.level, bound, options);
  if (middle !== undefined) return { kind: 'try', level: middle, reason: 'bisect' };
  const again = unsettled([...downwards(view), ...upwards(view)], options);
  if (again !== undefined) return repeat(again);
  if (bound === Infinity) return { kind: 'done', as: 'open' };
  return { kind: 'done', as: missed === undefined || missed.level > bound ? 'client' : 'found' };
}

/** Kept levels from the edge down to the first that is sure. */
function downwards({ levels, kept }: View): readonly LevelStanding[] {
  const below = levels.filter(({ state, level }) => state === 'kept' && level <= (kept?.level ?? 0)).toReversed();
  const sure = below.findIndex(({ isSure }) => isSure);
  return sure < 0 ? below : below.slice(0, sure);
}

/** Missed levels from the edge up to the first that is sure. */
function upwards({ levels, missed }: View): readonly LevelStanding[] {
  const above = levels.filter(({ state, level }) => state === 'missed' && level >= (missed?.level ?? Infinity));
  const sure = above.findIndex(({ isSure }) => isSure);
  return sure < 0 ? above : above.slice(0, sure);
}

/** The first that another look may make sure. */
function unsettled(levels: readonly LevelStanding[], { looks }: SearchOptions): LevelStanding | undefined {
  return levels.find(({ isSure, trials }) => !isSure && trials < looks);
}

/** Between the two; undefined when the gap is small enough, or no other number fits in. */
function middleOf(low: number, high: number, options: SearchOptions): number | undefined {
  const isClose = options.isWhole
    ? high - low <= Math.max(1, Math.floor(low * options.precision))
    : high <= low * (1 + options.precision);
  if (isClose) return undefined;
  const middle = say(Math.sqrt(low * high), options);
  return middle > low && middle < high ? middle : undefined;
}

function say(level: number, { isWhole }: SearchOptions): number {
  return isWhole ? Math.round(level) : Number(level.toPrecision(FIGURES));
}

function conclude({ levels, kept, missed }: View, kind: SearchKind): SearchConclusion {
  const surelyKept = levels.findLast(
    ({ state, isSure, level }) => state === 'kept' && isSure && level <= (kept?.level ?? 0),
  );
  const surelyMissed = levels.find(
    ({ state, isSure, level }) => state === 'missed' && isSure && level >= (missed?.level ?? Infinity),
  );
  return {
    kind,
    kept: kept?.level,
    missed: missed?.level,
    surelyKept: surelyKept?.level,
    surelyMissed: surelyMissed?.level,
    levels,
  };
}
