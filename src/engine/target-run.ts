import { DEFAULT_QUIRKS, type Quirks } from '../dialects/dialect.ts';
import type { Load, StopRule } from '../model/load.ts';
import type { Timeouts } from '../model/plan.ts';
import type { RequestRecord } from '../model/record.ts';
import type { TargetProgress, ThreadHealth } from '../model/run.ts';
import type { Credentials } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import { countedWarmupLoad, timedWarmupLoad } from '../model/warmup-load.ts';
import { type DrawnPrompt, NOTHING_ASKED } from '../model/workload.ts';
import { createRandom, freshSeed, type Random } from '../random.ts';
import type { PromptSupply } from '../workloads/source.ts';
import type { Seat } from './alternation.ts';
import { nextTurn } from './conversation.ts';
import { type Draft, Drafts, type DraftsInput } from './drafts.ts';
import type { Findings, LiveCounts } from './messages.ts';
import { type Money, MoneyGate } from './money-gate.ts';
import { type Observation, observe } from './observe.ts';
import { createPacer } from './pacers/of-load.ts';
import { type Attempt, type FollowUp, type Gate, type PhaseEnd, PhaseRun } from './phase.ts';
import { createPlannedCancels, type PlannedCancels } from './planned-cancels.ts';
import {
  createCyclingSource,
  createRehearsingSource,
  createShuffledSource,
  type PromptSource,
} from './prompt-source.ts';
import { retryDelayMs } from './retry.ts';
import { type ReadCpuWaits, type SelfCheck, startSelfCheck } from './self-check.ts';
import { loadOfShard, placesOfShard, requestsOfShard, type Shard } from './shard.ts';
import { TurnGate } from './turn-gate.ts';

/** What one target's run needs from its thread. */
export interface TargetRunInput extends Omit<DraftsInput, 'target'> {
  readonly targetIndex: number;
  /** Which part of the target's load is run here. */
  readonly shard: Shard;
  readonly prompts: PromptSupply;
  /** Ids that no other record of the run has. */
  readonly nextId: () => number;
  readonly onRecord: (record: RequestRecord) => void;
  /** Undefined: the run has no cap. */
  readonly money: Money | undefined;
  readonly readCpuWaits: ReadCpuWaits;
  /** Whose turn it is, where targets take turns; undefined: nobody has to wait. */
  readonly seat: Seat | undefined;
}

/** A request that knows what it may cost. */
interface CostedDraft extends Draft {
  /** Undefined: nobody can say. */
  readonly worstUsd: number | undefined;
  /** A stream that goes on beyond is cut; undefined: none is. */
  readonly maxTokenEvents: number | undefined;
}

/** A request on its way out. */
interface StartedDraft {
  readonly draft: CostedDraft;
  readonly attempt: Attempt;
  readonly phase: 'warmup' | 'measure';
}

function isRefused(record: RequestRecord | undefined): boolean {
  return record?.outcome.kind === 'failed' && record.outcome.failure.kind === 'invalid-request';
}

/** Text was only kept for the next turn, unless a tokenizer has to count it. */
function withoutText(record: RequestRecord): RequestRecord {
  const { inputTokens, outputTokens } = record.usage;
  return inputTokens === undefined || outputTokens === undefined ? record : { ...record, text: undefined };
}

/** One shard of one target, from warm-up to the end of its drain. Its steps are called in turn; each does nothing once it is stopped. */
export class TargetRun {
  readonly #input: TargetRunInput;
  readonly #timeouts: Timeouts;
  readonly #jitter: Random;
  readonly #cancels: PlannedCancels;
  readonly #drafts: Drafts;
  readonly #nonce: Random | undefined;
  readonly #shuffled: PromptSource;
  #quirks: Quirks = DEFAULT_QUIRKS;
  #phase: PhaseRun<CostedDraft> | undefined;
  #selfCheck: SelfCheck | undefined;
  #isStopped = false;
  #livePhase: LiveCounts['phase'] = 'waiting';
  #measured: PhaseRun<CostedDraft> | undefined;
  #health: ReturnType<SelfCheck['health']> | undefined;
  #drainEndAtMs: Milliseconds | undefined;
  readonly #gate: MoneyGate | undefined;
  #isCutShort = false;

  constructor(input: TargetRunInput) {
    const target = input.plan.targets[input.targetIndex];
    if (target === undefined) throw new Error(`no target ${input.targetIndex} in the plan`);
    this.#input = input;
    this.#drafts = new Drafts({ ...input, target });
    this.#timeouts = { ...input.plan.timeouts, totalMs: target.profile.timeoutMs ?? input.plan.timeouts.totalMs };
    this.#gate = input.money === undefined ? undefined : new MoneyGate(input.money.purse);
    this.#jitter = this.#chance('jitter');
    this.#cancels = createPlannedCancels(input.plan.cancellation, this.#chance('cancel'), input.clock);
    // Not from the plan's seed: a repeated run must not meet the prefixes that the server's cache knows.
    this.#nonce = input.plan.cache === 'cold' ? createRandom(freshSeed(), 'prefix') : undefined;
    this.#shuffled = createShuffledSource(input.prompts, this.#chance('warmup'), this.#nonce);
  }

  /** All steps of a target with one shard. Resolves when every request has its record. */
  async run(): Promise<void> {
    await this.warmUp(await this.probe());
    await this.measure();
  }

  /** The warm-up's first request. One shard sends it. */
  async probe(): Promise<Findings> {
    const { plan, money } = this.#input;
    const first = plan.warmupRequests === 0 || this.#isOver ? undefined : await this.#probe();
    const isMore = plan.warmupRequests > 1 || plan.warmupMs !== undefined;
    const goesOn = first !== undefined && !this.#isOver && isMore;
    return { goesOn, quirks: this.#quirks, excess: money?.purse.excess ?? 1 };
  }

  /** This shard's part of the rest of the warm-up, and what it must know of the first request. */
  async warmUp({ goesOn, quirks, excess }: Findings): Promise<void> {
    const { plan, money, shard } = this.#input;
    this.#quirks = quirks;
    money?.purse.expect(excess);
    if (!goesOn) return;
    if (plan.warmupMs !== undefined) return this.#warmUpFor(plan.warmupMs);
    const rest = plan.warmupRequests - 1;
    const load = countedWarmupLoad(plan.load, rest);
    const requests = requestsOfShard(rest, load, shard);
    if (requests === 0 || this.#isOver) return;
    this.#livePhase = 'warmup';
    await this.#runPhase({
      phase: 'warmup',
      load: loadOfShard(load, shard),
      stop: { requests, durationMs: undefined },
      // The first of all prompts went with the probe.
      source: this.#warmupSource((request) => 1 + placesOfShard(load, shard)(request)),
    });
  }

  /** The load that the measured phase begins with, for a time. */
  async #warmUpFor(durationMs: Milliseconds): Promise<void> {
    if (this.#isOver) return;
    const { plan, shard } = this.#input;
    this.#livePhase = 'warmup';
    const load = timedWarmupLoad(plan.load);
    await this.#runPhase({
      phase: 'warmup',
      load: loadOfShard(load, shard),
      stop: { requests: undefined, durationMs },
      source: this.#warmupSource((request) => 1 + placesOfShard(load, shard)(request)),
    });
  }

  /** This shard's part of the measured load. `startAtMs`: the instant that all shards agreed upon; undefined: now. */
  async measure(startAtMs?: Milliseconds): Promise<void> {
    if (!this.#isOver) await this.#measure(startAtMs);
    this.#livePhase = 'over';
  }

  get #isOver(): boolean {
    return this.#isStopped || this.#isCutShort;
  }

  /** A stream of chance that no other target and no other shard has. */
  #chance(purpose: string): Random {
    const { plan, targetIndex, shard } = this.#input;
    const name = `${purpose}/${targetIndex}`;
    return createRandom(plan.seed, shard.index === 0 ? name : `${name}/${shard.index}`);
  }

  /** The budget ended it before its plan. */
  get isCutShort(): boolean {
    return this.#isCutShort;
  }

  /** Sends nothing more; what is in flight is cancelled after `graceMs`. May be called again with a shorter one. */
  stop(graceMs: Milliseconds): void {
    this.#isStopped = true;
    this.#phase?.stop(graceMs);
  }

  /** What is sent from now on has these credentials. */
  renew(credentials: Credentials): void {
    this.#drafts.renew(credentials);
  }

  progress(): TargetProgress | undefined {
    if (this.#measured === undefined) return undefined;
    return {
      targetIndex: this.#input.targetIndex,
      measureStartAtMs: this.#measured.startAtMs,
      measureEndAtMs: this.#measured.sendingEndAtMs,
      drainEndAtMs: this.#drainEndAtMs,
      dropped: this.#measured.dropped,
      threads: this.#threads(),
    };
  }

  #threads(): readonly ThreadHealth[] {
    const health = this.#selfCheck?.health() ?? this.#health;
    return health === undefined ? [] : [{ shardIndex: this.#input.shard.index, ...health }];
  }

  live(): LiveCounts {
    const measured = this.#measured;
    const state = this.#livePhase === 'measure' ? (measured?.state ?? 'sending') : 'sending';
    return {
      targetIndex: this.#input.targetIndex,
      phase: state === 'sending' ? this.#livePhase : state,
      started: measured?.started ?? 0,
      ended: measured?.ended ?? 0,
      inFlight: this.#phase?.inFlight ?? 0,
      dropped: measured?.dropped ?? 0,
    };
  }

  /**
   * The first request finds out what the server does not understand: refused as invalid, it is sent again without what may be left
   * out, one thing after the other. Only what then works is kept. Never in the measured phase.
   */
  async #probe(): Promise<RequestRecord | undefined> {
    this.#livePhase = 'warmup';
    const first = await this.#once();
    const before = this.#quirks;
    let last = first;
    while (!this.#isOver && isRefused(last)) {
      const conceded = this.#drafts.concede(this.#quirks);
      if (conceded === undefined) break;
      this.#quirks = conceded;
      last = await this.#once();
    }
    if (last !== first && last?.outcome.kind !== 'completed') this.#quirks = before;
    return last;
  }

  async #once(): Promise<RequestRecord | undefined> {
    let seen: RequestRecord | undefined;
    await this.#runPhase({
      phase: 'warmup',
      load: { kind: 'closed-loop', concurrency: 1, requestDelayMs: 0, stages: [] },
      stop: { requests: 1, durationMs: undefined },
      source: this.#warmupSource(() => 0),
      onRecord: (record) => {
        seen = record;
      },
    });
    return seen;
  }

  async #measure(startAtMs: Milliseconds | undefined): Promise<void> {
    const { plan, prompts, clock, shard } = this.#input;
    const { requests, durationMs } = plan.stop;
    this.#livePhase = 'measure';
    this.#selfCheck = startSelfCheck(clock, this.#input.readCpuWaits, () => this.#measured?.spunMs ?? 0);
    const end = await this.#runPhase({
      phase: 'measure',
      load: loadOfShard(plan.load, shard),
      stop: { requests: requests === undefined ? undefined : requestsOfShard(requests, plan.load, shard), durationMs },
      source: createCyclingSource(prompts, this.#nonce, placesOfShard(plan.load, shard)),
      cooldownMs: plan.cooldownMs,
      startAtMs,
    });
    this.#drainEndAtMs = end.endAtMs;
    this.#health = this.#selfCheck.health();
    this.#selfCheck.stop();
    this.#selfCheck = undefined;
  }

  #runPhase(phase: {
    readonly phase: 'warmup' | 'measure';
    readonly load: Load;
    readonly stop: StopRule;
    readonly source: PromptSource;
    readonly cooldownMs?: Milliseconds | undefined;
    readonly startAtMs?: Milliseconds | undefined;
    readonly onRecord?: (record: RequestRecord) => void;
  }): Promise<PhaseEnd> {
    const { plan, clock, targetIndex, shard, prompts } = this.#input;
    const random = createRandom(plan.seed, `${phase.phase === 'measure' ? '' : 'warmup-'}arrivals/${targetIndex}`);
    const run = new PhaseRun<CostedDraft>({
      clock,
      load: phase.load,
      stop: phase.stop,
      startAtMs: phase.startAtMs,
      cooldownMs: phase.cooldownMs,
      pacer: createPacer(phase.load, { random, shard, arrivesAtMs: prompts.arrivesAtMs }),
      prepare: () => this.#draft(phase.source()),
      follow: (draft, record) => this.#followUp(draft, record),
      followUps: ({ laterTurns }) => laterTurns.length,
      gate: phase.phase === 'measure' ? this.#turnGate : this.#gate,
      start: (draft, attempt, done): Observation =>
        this.#start({ draft, attempt, phase: phase.phase }, (record) => {
          phase.onRecord?.(record);
          done(record);
        }),
      retryDelayMs: (record) => retryDelayMs(record, plan.retry, this.#jitter),
    });
    this.#phase = run;
    if (phase.phase === 'measure') this.#measured = run;
    return run.run().finally(() => {
      if (phase.phase === 'measure') this.#input.seat?.leave();
      this.#isCutShort ||= run.isCutShort;
    });
  }

  #start({ draft, attempt, phase }: StartedDraft, done: (record: RequestRecord) => void): Observation {
    const { plan, targetIndex, nextId, onRecord, money } = this.#input;
    const { isMeasured, ...identity } = attempt;
    const reserved = this.#gate?.takeReserved();
    let callOff = (): void => undefined;
    const observation = observe(
      {
        ...this.#input,
        identity: {
          id: nextId(),
          targetIndex,
          phase: isMeasured ? phase : 'cooldown',
          promptIndex: draft.item.index,
          promptName: draft.item.name,
          asked: draft.asked === NOTHING_ASKED ? undefined : draft.asked,
          ...identity,
        },
        request: this.#drafts.fresh(draft),
        follow: this.#drafts.followOf(draft),
        target: draft.call.target,
        sanitizer: this.#drafts.sanitizer,
        promptText: draft.promptText,
        keepsText: this.#keepsText || draft.laterTurns.length > 0 ? 'always' : 'uncounted',
        maxTokenEvents: draft.maxTokenEvents,
        timeouts: this.#timeouts,
        isStreamed: plan.isStreamed,
      },
      (record) => {
        callOff();
        if (phase === 'measure') this.#input.seat?.ended();
        if (reserved !== undefined) money?.purse.settle(reserved, money.costs.costUsd(record));
        onRecord(this.#keepsText || draft.laterTurns.length === 0 ? record : withoutText(record));
        done(record);
      },
    );
    if (phase !== 'warmup' && attempt.attempt === 1) callOff = this.#cancels(() => observation.cancel('plan'));
    return observation;
  }

  /** Where targets take turns, nothing is sent in the turn of another. */
  get #turnGate(): Gate<CostedDraft> | undefined {
    const { seat } = this.#input;
    return seat === undefined ? this.#gate : new TurnGate(seat, this.#gate);
  }

  get #keepsText(): boolean {
    const { plan } = this.#input;
    return plan.saveText || plan.tokenCounting.when === 'always';
  }

  /** The next turn of a conversation. */
  #followUp(draft: CostedDraft, record: RequestRecord): FollowUp<CostedDraft> | undefined {
    const next = nextTurn(draft, record);
    if (next === undefined) return undefined;
    return {
      delayMs: this.#input.plan.conversation?.thinkTimeMs ?? 0,
      prepare: () => this.#draft(next),
    };
  }

  /** What a phase of the warm-up sends: for a warm cache the very prompts in turn, `placeOf` the n-th of them, else prompts by chance. */
  #warmupSource(placeOf: (request: number) => number): PromptSource {
    const { plan, prompts } = this.#input;
    return plan.cache === 'warm' ? createRehearsingSource(prompts, placeOf) : this.#shuffled;
  }

  #draft(drawn: DrawnPrompt): CostedDraft {
    const { money } = this.#input;
    const draft = this.#drafts.draft(drawn, this.#quirks);
    const { parameters, target } = draft.call;
    const maxTokens = parameters.maxTokens ?? target.profile.maxOutputTokens;
    return {
      ...draft,
      worstUsd: money?.costs.worstUsd({ bodyBytes: draft.built.bodyBytes, maxTokens }),
      maxTokenEvents: money === undefined ? undefined : maxTokens,
    };
  }
}
