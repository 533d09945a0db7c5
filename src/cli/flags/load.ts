import { AppError } from '../../errors.ts';
import type { Arrival, Cancellation, Load, LoadStage, TimeLaw } from '../../model/load.ts';
import { stagesMs } from '../../model/load-profile.ts';
import type { Plan } from '../../model/plan.ts';
import type { Milliseconds } from '../../model/units.ts';
import type { PlanFlags } from './run-flags.ts';
import { optional } from './target-flags.ts';
import {
  conflict,
  type FlagReader,
  invalidFlag,
  readCount,
  readCountFromZero,
  readDuration,
  readLimit,
  readRate,
} from './values.ts';

const DEFAULT_BURST_SIZE = 10;
/** A gamma law beyond has nearly all of its arrivals at one instant. */
const MAX_CV = 20;
const DEFAULT_CANCEL_AFTER: TimeLaw = { kind: 'constant', ms: 500 };

/** What a level counts. */
type LevelKind = 'rate' | 'concurrency';

/** Stages of one kind, and what holds after them. */
interface Profile {
  readonly kind: LevelKind;
  readonly stages: readonly LoadStage[];
  readonly held: number;
}

/** How requests arrive. `isTrace`: the prompts say when. Throws FLAG_INVALID, FLAG_MISSING and FLAGS_CONFLICT. */
export function readLoad(flags: PlanFlags, isTrace: boolean = false): Load {
  if (isTrace) return readTraceLoad(flags);
  if (flags.speed !== undefined) {
    throw new AppError('FLAG_MISSING', {
      flag: '--trace',
      hint: '--speed replays arrivals that happened: name their file',
    });
  }
  const profile = readProfile(flags);
  return profile.kind === 'rate' ? readOpenLoop(flags, profile) : readClosedLoop(flags, profile);
}

function readTraceLoad(flags: PlanFlags): Load {
  const { rate, concurrency, arrival, ramp, stage, requestDelay, cooldown } = flags;
  const others = { rate, concurrency, arrival, ramp, stage, 'request-delay': requestDelay };
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined)
      throw conflict(`--${name}`, '--trace', 'the trace says itself when requests arrive; see --speed');
  }
  if (cooldown !== undefined)
    throw conflict('--cooldown', '--trace', 'after its last arrival a trace has no load to keep up');
  return {
    kind: 'trace',
    speed: optional(flags.speed, '--speed', readRate) ?? 1,
    maxInFlight: optional(flags.maxInFlight, '--max-in-flight', readCount),
  };
}

function readProfile(flags: PlanFlags): Profile {
  const { rate, concurrency, ramp, stage } = flags;
  if (rate !== undefined && concurrency !== undefined) {
    const hint = 'an open loop sends on schedule and waits for nobody; limit it by --max-in-flight';
    throw conflict('--concurrency', '--rate', hint);
  }
  if (stage !== undefined) return readStages(flags, stage);
  if (ramp !== undefined) return readRamp(flags, ramp);
  if (rate !== undefined) return { kind: 'rate', stages: [], held: readRate(rate, '--rate') };
  return { kind: 'concurrency', stages: [], held: optional(concurrency, '--concurrency', readCount) ?? 1 };
}

function readOpenLoop(flags: PlanFlags, { stages, held }: Profile): Load {
  if (flags.requestDelay !== undefined)
    throw conflict('--request-delay', openLoopFlag(flags), 'the rate alone decides when requests start');
  return {
    kind: 'open-loop',
    arrival: optional(flags.arrival, '--arrival', readArrival) ?? 'constant',
    ratePerSecond: held,
    stages,
    maxInFlight: optional(flags.maxInFlight, '--max-in-flight', readCount),
  };
}

function openLoopFlag({ rate, ramp }: PlanFlags): string {
  if (rate !== undefined) return '--rate';
  return ramp === undefined ? '--stage rate=…' : '--ramp';
}

function readClosedLoop(flags: PlanFlags, { stages, held }: Profile): Load {
  if (flags.arrival !== undefined) throw notOpen('--arrival', flags);
  if (flags.maxInFlight !== undefined) throw notOpen('--max-in-flight', flags);
  return {
    kind: 'closed-loop',
    concurrency: held,
    stages,
    requestDelayMs: optional(flags.requestDelay, '--request-delay', readDuration) ?? 0,
  };
}

function notOpen(flag: string, { concurrency, ramp, stage }: PlanFlags): AppError {
  const closed = [
    [concurrency, '--concurrency'],
    [ramp, '--ramp concurrency=…'],
    [stage, '--stage concurrency=…'],
  ].find(([given]) => given !== undefined)?.[1];
  if (typeof closed === 'string')
    return conflict(flag, closed, `${flag} belongs to an open loop, which has a rate instead`);
  return new AppError('FLAG_MISSING', { flag: '--rate', hint: `${flag} belongs to an open loop: add --rate 10` });
}

/** `constant`, `poisson`, `gamma:2`, `burst` or `burst:32`. */
const readArrival: FlagReader<Arrival> = (text, flag) => {
  const [law = '', value] = text.split(':', 2);
  if ((law === 'constant' || law === 'poisson') && value === undefined) return law;
  if (law === 'burst') {
    return { kind: 'burst', size: value === undefined ? DEFAULT_BURST_SIZE : readCount(value, `${flag} burst`) };
  }
  if (law !== 'gamma') throw invalidFlag(flag, `"${text}" is not constant, poisson, gamma:CV or burst:N`);
  if (value === undefined) {
    throw invalidFlag(flag, 'gamma needs the coefficient of variation of its gaps: gamma:2 (gamma:1 is poisson)');
  }
  const cv = readRate(value, `${flag} gamma`);
  if (cv > MAX_CV) throw invalidFlag(flag, `a coefficient of variation of ${value} is above ${MAX_CV}`);
  return { kind: 'gamma', cv };
};

/** `0..200/60s`, with `rate=` or `concurrency=` before it where no other flag tells which. */
function readRamp(flags: PlanFlags, text: string): Profile {
  const match = /^(?:(rate|rps|concurrency)=)?([^/]+)\/(.+)$/.exec(text.trim());
  if (match === null || !text.includes('..')) {
    throw invalidFlag('--ramp', `"${text}" is not like 0..200/60s or concurrency=1..64/30s`);
  }
  const [, name, levels = '', time = ''] = match;
  const given = flags.concurrency === undefined ? undefined : 'concurrency';
  const kind = name === undefined ? (given ?? 'rate') : kindOf(name);
  const { from, to } = readLevels(levels, kind, '--ramp');
  if (from === to) throw invalidFlag('--ramp', `"${text}" stays where it is; write --${kind} ${to}`);
  for (const other of ['rate', 'concurrency'] as const) {
    const value = flags[other];
    if (value === undefined || (other === kind && Number(value) === to)) continue;
    const hint =
      other === kind ? `a ramp ends at the level that holds: --${kind} ${to}, or leave it out` : 'ramp one of them';
    throw conflict(`--${other} ${value}`, `--ramp ${text}`, hint);
  }
  return { kind, stages: [{ from, to, durationMs: readLimit(time, '--ramp') }], held: to };
}

function readStages(flags: PlanFlags, texts: readonly string[]): Profile {
  const because = 'stages say all of the load: give the level in each --stage';
  for (const name of ['rate', 'concurrency', 'ramp'] as const) {
    if (flags[name] !== undefined) throw conflict('--stage', `--${name}`, because);
  }
  if (flags.duration !== undefined) throw conflict('--stage', '--duration', 'each stage has a duration of its own');
  const read = texts.map(readStage);
  const kinds = new Set(read.map(({ kind }) => kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.size > 1) {
    throw conflict('--stage rate=…', '--stage concurrency=…', 'a run is an open or a closed loop, not both in turn');
  }
  const stages = read.map(({ stage }) => stage);
  if (stages.every(({ from, to }) => from === 0 && to === 0)) throw invalidFlag('--stage', 'at 0 nothing is ever sent');
  return { kind, stages, held: stages.at(-1)?.to ?? 0 };
}

/** `rate=50,duration=30s` or `concurrency=1..8,duration=20s`. */
function readStage(text: string): { readonly kind: LevelKind; readonly stage: LoadStage } {
  const wrong = (): AppError =>
    invalidFlag('--stage', `"${text}" is not like rate=50,duration=30s or concurrency=1..8,duration=20s`);
  const fields = new Map<string, string>();
  for (const part of text.split(',')) {
    const [, name = '', value = ''] = /^\s*([a-z]+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const key = name === 'duration' ? name : LEVEL_NAMES[name];
    if (key === undefined || fields.has(key)) throw wrong();
    fields.set(key, value);
  }
  const time = fields.get('duration');
  const kind = fields.has('rate') ? 'rate' : 'concurrency';
  const levels = fields.get(kind);
  if (fields.size !== 2 || time === undefined || levels === undefined) throw wrong();
  return { kind, stage: { ...readLevels(levels, kind, '--stage'), durationMs: readLimit(time, '--stage') } };
}

const LEVEL_NAMES: Readonly<Record<string, LevelKind>> = { rate: 'rate', rps: 'rate', concurrency: 'concurrency' };

function kindOf(name: string): LevelKind {
  return LEVEL_NAMES[name] ?? 'rate';
}

/** `50` or `10..50`. */
function readLevels(text: string, kind: LevelKind, flag: string): { readonly from: number; readonly to: number } {
  const ends = text.split('..');
  const values = ends.map(Number);
  const [from = Number.NaN, to = from] = values;
  const isNumber = ends.every((end) => /^\d+(\.\d+)?$/.test(end.trim())) && ends.length <= 2;
  if (!isNumber) throw invalidFlag(flag, `"${text}" is neither a ${kind} nor a range like 10..50`);
  if (kind === 'concurrency' && values.some((value) => !Number.isInteger(value)))
    throw invalidFlag(flag, `"${text}": clients are whole numbers`);
  return { from, to };
}

/** How long the measured phase sends where the load itself says so; undefined: it does not. */
export function durationOfLoad(load: Load, isCounted: boolean): Milliseconds | undefined {
  if (load.kind === 'trace' || load.stages.length === 0) return undefined;
  const held = load.kind === 'closed-loop' ? load.concurrency : load.ratePerSecond;
  // What ends at 0 would wait for its last request for ever.
  return isCounted && held > 0 ? undefined : stagesMs(load.stages);
}

/** `20` requests, or `10s`: one request, and then the load for so long. */
export function readWarmup(flags: PlanFlags): Pick<Plan, 'warmupRequests' | 'warmupMs'> {
  const { warmup } = flags;
  if (warmup === undefined) return { warmupRequests: 1, warmupMs: undefined };
  if (/^\d+$/.test(warmup)) return { warmupRequests: readCountFromZero(warmup, '--warmup'), warmupMs: undefined };
  if (!/^\d[\d.]*\s*[a-z]+$/i.test(warmup))
    throw invalidFlag('--warmup', `"${warmup}" is neither a number of requests (20) nor a time (10s)`);
  return { warmupRequests: 1, warmupMs: readLimit(warmup, '--warmup') };
}

/** `0.1`, `10%:2s`, `0.1:200ms..2s` or `0.1:500ms±100ms`. */
export const readCancellation: FlagReader<Cancellation> = (text, flag) => {
  const [, share = '', percent, time] = /^([\d.]+)(%)?(?::(.+))?$/.exec(text.trim()) ?? [];
  const ratio = share === '' ? Number.NaN : Number(share) / (percent === undefined ? 1 : 100);
  if (!(ratio > 0 && ratio <= 1)) {
    throw invalidFlag(flag, `"${text}" is not a share above 0 and up to 1, with a time: 0.1:500ms`);
  }
  return { ratio, after: time === undefined ? DEFAULT_CANCEL_AFTER : readTimeLaw(time, flag) };
};

const readTimeLaw: FlagReader<TimeLaw> = (text, flag) => {
  const [first = '', second] = text.split(/\.\.|±|\+-/, 2);
  if (second === undefined) return { kind: 'constant', ms: readDuration(first, flag) };
  const [a, b] = [readDuration(first, flag), readDuration(second, flag)];
  if (!text.includes('..')) return { kind: 'normal', meanMs: a, deviationMs: b };
  if (b <= a) throw invalidFlag(flag, `"${text}" must go upwards`);
  return { kind: 'uniform', fromMs: a, toMs: b };
};
