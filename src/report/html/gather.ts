import { REQUEST_METRICS } from '../../metrics/catalogue.ts';
import { itlMs } from '../../metrics/latency.ts';
import type { Plan } from '../../model/plan.ts';
import type { RequestRecord } from '../../model/record.ts';
import type { Point } from './thin.ts';
import { ThinnedSamples } from './thinned-samples.ts';
import type { WaterfallRow } from './waterfall.ts';

/** What the pictures of one target are drawn from. */
export interface TargetPictures {
  /** By metric id. */
  readonly samples: Readonly<Record<PicturedMetric, ThinnedSamples>>;
  /** TTFT by start. */
  readonly ttft: readonly Point[];
  readonly failuresAtMs: readonly number[];
}

export const PICTURED_METRICS = ['ttft', 'itl', 'e2e', 'tokensPerSecond'] as const;

export type PicturedMetric = (typeof PICTURED_METRICS)[number];

/** What all pictures of a run are drawn from. */
export interface RunPictures {
  readonly targets: readonly TargetPictures[];
  /** Requests for the waterfall. */
  readonly rows: readonly WaterfallRow[];
  /** Of how many they were chosen. */
  readonly requests: number;
  /** The last instant of any request. */
  readonly endMs: number;
}

/** Takes measured records in any order, and keeps of each no more than its points. */
export interface PictureTally {
  add(record: RequestRecord): void;
  pictures(): RunPictures;
}

export function createPictureTally(plan: Plan): PictureTally {
  const targets = plan.targets.map(() => ({
    samples: Object.fromEntries(PICTURED_METRICS.map((id) => [id, new ThinnedSamples()])) as unknown as Record<
      PicturedMetric,
      ThinnedSamples
    >,
    ttft: [] as Point[],
    failuresAtMs: [] as number[],
  }));
  const picks = new Picks();
  const seen = { requests: 0, endMs: 0 };
  return {
    add(record) {
      const target = targets[record.targetIndex];
      if (record.phase !== 'measure' || target === undefined) return;
      seen.requests++;
      seen.endMs = Math.max(seen.endMs, record.instants.endedAtMs);
      picks.add(record);
      if (record.outcome.kind === 'failed') target.failuresAtMs.push(record.instants.startedAtMs);
      if (record.outcome.kind !== 'completed') return;
      for (const metric of SINGLE) {
        const [value] = metric.samples(record);
        if (value === undefined) continue;
        target.samples[metric.id as PicturedMetric].add(value);
        if (metric.id === 'ttft') target.ttft.push({ x: record.instants.startedAtMs, y: value });
      }
      for (const gap of itlMs(record)) target.samples.itl.add(gap);
    },
    pictures: () => ({
      targets: targets.map((target) => ({ ...target, ttft: target.ttft.toSorted((a, b) => a.x - b.x) })),
      rows: picks.all().map((record) => toRow(record, plan)),
      requests: seen.requests,
      endMs: seen.endMs,
    }),
  };
}

const SINGLE = REQUEST_METRICS.filter(({ id }) => ['ttft', 'e2e', 'tokensPerSecond'].includes(id));

const SLOWEST = 12;
const FAILED = 8;
const EVEN = 20;

type Picked = Pick<RequestRecord, 'id' | 'targetIndex' | 'instants' | 'outcome'>;

/** The slowest, the first failures, and others at equal steps, chosen while records go by. */
class Picks {
  #slowest: Picked[] = [];
  readonly #failed: Picked[] = [];
  #even: Picked[] = [];
  #stride = 1;
  #count = 0;

  add({ id, targetIndex, instants, outcome }: RequestRecord): void {
    const picked = { id, targetIndex, instants, outcome };
    if (outcome.kind === 'failed' && this.#failed.length < FAILED) this.#failed.push(picked);
    if (this.#slowest.length < SLOWEST || lengthOf(picked) > lengthOf(this.#slowest.at(-1) as Picked)) {
      this.#slowest = [...this.#slowest, picked].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, SLOWEST);
    }
    if (this.#count++ % this.#stride !== 0) return;
    this.#even.push(picked);
    if (this.#even.length < 2 * EVEN) return;
    this.#even = this.#even.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  all(): readonly Picked[] {
    const all = [...this.#slowest, ...this.#failed, ...this.#even];
    return [...new Map(all.map((picked) => [picked.id, picked])).values()];
  }
}

function lengthOf({ instants }: Picked): number {
  return instants.endedAtMs - Math.min(instants.scheduledAtMs ?? instants.startedAtMs, instants.startedAtMs);
}

function toRow({ id, targetIndex, instants, outcome }: Picked, plan: Plan): WaterfallRow {
  const target = plan.targets[targetIndex];
  return {
    id,
    colour: targetIndex % COLOURS,
    target: target === undefined ? '' : `${target.provider} · ${target.model}`,
    scheduledAtMs: instants.scheduledAtMs,
    startedAtMs: instants.startedAtMs,
    socketAtMs: instants.socketAtMs,
    firstTokenAtMs: instants.firstTokenAtMs,
    lastTokenAtMs: instants.lastTokenAtMs,
    endedAtMs: instants.endedAtMs,
    outcome: outcome.kind,
    failure: outcome.kind === 'failed' ? outcome.failure.kind : undefined,
  };
}

/** Classes of colours in the style sheet. */
export const COLOURS = 6;
