import { DEFAULT_QUIRKS, type Quirks } from '../dialects/dialect.ts';
import type { Load, StopRule } from '../model/load.ts';
import type { Timeouts } from '../model/plan.ts';
import type { RequestRecord } from '../model/record.ts';
import type { TargetProgress, ThreadHealth } from '../model/run.ts';
import type { Credentials } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import { type DrawnPrompt, NOTHING_ASKED } from '../model/workload.ts';
import { createRandom, freshSeed, type Random } from '../random.ts';
import type { PromptSupply } from '../workloads/source.ts';
import type { Seat } from './alternation.ts';
import type { CostPort, Purse, Reservation } from './budget.ts';
import { nextTurn } from './conversation.ts';
import { type Draft, Drafts, type DraftsInput } from './drafts.ts';
import type { Findings, LiveCounts } from './messages.ts';
import { type Observation, observe } from './observe.ts';
import { createPacer } from './pacers/of-load.ts';
import { type FollowUp, type Gate, type PhaseEnd, PhaseRun } from './phase.ts';
import {
  createCyclingSource,
  createRehearsingSource,
  createShuffledSource,
  type PromptSource,
} from './prompt-source.ts';
import { retryDelayMs } from './retry.ts';
import { type ReadCpuWaits, type SelfCheck, startSelfCheck } from './self-check.ts';
import { dealt, loadOfShard, placesOfShard, requestsOfShard, type Shard } from './shard.ts';

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

/** What a target may spend, and how it knows what its requests cost. */
export interface Money {
  readonly purse: Purse;
  readonly costs: CostPort;
}

/** A request that knows what it may cost. */
interface CostedDraft extends Draft {
  /** Undefined: nobody can say. */
  readonly worstUsd: number | undefined;
  /** A stream that goes on beyond is cut; undefined: none is. */
  readonly maxTokenEvents: number | undefined;
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
  readonly #drafts: Drafts;
  readonly #nonce: Random | undefined;
  readonly #warmupSource: PromptSource;
  #quirks: Quirks = DEFAULT_QUIRKS;
  #phase: PhaseRun<CostedDraft> | undefined;
  #selfCheck: SelfCheck | undefined;
  #isStopped = false;
  #livePhase: LiveCounts['phase'] = 'waiting';
  #measured: PhaseRun<CostedDraft> | undefined;
  #health: ReturnType<SelfCheck['health']> | undefined;
  #drainEndAtMs: Milliseconds | undefined;
  /** Of the attempt that the gate has just let through. */
  #reserved: Reservation | undefined;
  #isCutShort = false;

  constructor(input: TargetRunInput) {
    const target = input.plan.targets[input.targetIndex];
    if (target === undefined) throw new Error(`no target ${input.targetIndex} in the plan`);
    this.#input = input;
    this.#drafts = new Drafts({ ...input, target });
    this.#timeouts = { ...input.plan.timeouts, totalMs: target.profile.timeoutMs ?? input.plan.timeouts.totalMs };
    this.#jitter = this.#chance('jitter');
    // Not from the plan's seed: a repeated run must not meet the prefixes that the server's cache knows.
    this.#nonce = input.plan.cache === 'cold' ? createRandom(freshSeed(), 'prefix') : undefined;
    this.#warmupSource =
      input.plan.cache === 'warm'
        ? createRehearsingSource(input.prompts, this.#warmupPlace())
        : createShuffledSource(input.prompts, this.#chance('warmup'), this.#nonce);
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
    const goesOn = first !== undefined && !this.#isOver && plan.warmupRequests > 1;
    return { goesOn, quirks: this.#quirks, excess: money?.purse.excess ?? 1 };
  }

  /** This shard's part of the rest of the warm-up, and what it must know of the first request. */
  async warmUp({ goesOn, quirks, excess }: Findings): Promise<void> {
    const { plan, money, shard } = this.#input;
    this.#quirks = quirks;
    money?.purse.expect(excess);
    if (!goesOn) return;
    const rest = plan.warmupRequests - 1;
    const requests = plan.load.kind === 'closed-loop' ? requestsOfShard(rest, plan.load, shard) : dealt(rest, shard);
    if (requests === 0 || this.#isOver) return;
    this.#livePhase = 'warmup';
    const load = loadOfShard(plan.load, shard);
    const concurrency = load.kind === 'closed-loop' ? load.concurrency : requests;
    await this.#runPhase({
      phase: 'warmup',
      load: { kind: 'closed-loop', concurrency, requestDelayMs: 0 },
      stop: { requests, durationMs: undefined },
      source: this.#warmupSource,
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
    const isDraining = this.#livePhase === 'measure' && measured?.sendingEndAtMs !== undefined;
    return {
      targetIndex: this.#input.targetIndex,
      phase: isDraining ? 'drain' : this.#livePhase,
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
      load: { kind: 'closed-loop', concurrency: 1, requestDelayMs: 0 },
      stop: { requests: 1, durationMs: undefined },
      source: this.#warmupSource,
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
    this.#selfCheck = startSelfCheck(clock, this.#input.readCpuWaits);
    const end = await this.#runPhase({
      phase: 'measure',
      load: loadOfShard(plan.load, shard),
      stop: { requests: requests === undefined ? undefined : requestsOfShard(requests, plan.load, shard), durationMs },
      source: createCyclingSource(prompts, this.#nonce, placesOfShard(plan.load, shard)),
      startAtMs,
    });
    this.#drainEndAtMs = end.endAtMs;
    this.#health = this.#selfCheck.health();
    this.#selfCheck.stop();
    this.#selfCheck = undefined;
  }

  #runPhase(phase: {
    readonly phase: RequestRecord['phase'];
    readonly load: Load;
    readonly stop: StopRule;
    readonly source: PromptSource;
    readonly startAtMs?: Milliseconds | undefined;
    readonly onRecord?: (record: RequestRecord) => void;
  }): Promise<PhaseEnd> {
    const { plan, clock, targetIndex, nextId, onRecord, money, shard } = this.#input;
    const random = createRandom(plan.seed, `arrivals/${targetIndex}`);
    const run = new PhaseRun<CostedDraft>({
      clock,
      load: phase.load,
      stop: phase.stop,
      startAtMs: phase.startAtMs,
      pacer: createPacer(phase.load, random, shard),
      prepare: () => this.#draft(phase.source()),
      follow: (draft, record) => this.#followUp(draft, record),
      followUps: ({ laterTurns }) => laterTurns.length,
      gate: phase.phase === 'measure' ? this.#turnGate(this.#gate()) : this.#gate(),
      start: (draft, attempt, done): Observation => {
        const reserved = this.#takeReserved();
        return observe(
          {
            ...this.#input,
            identity: {
              id: nextId(),
              targetIndex,
              phase: phase.phase,
              promptIndex: draft.item.index,
              promptName: draft.item.name,
              asked: draft.asked === NOTHING_ASKED ? undefined : draft.asked,
              ...attempt,
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
            if (reserved !== undefined) money?.purse.settle(reserved, money.costs.costUsd(record));
            if (phase.phase === 'measure') this.#input.seat?.ended();
            onRecord(this.#keepsText || draft.laterTurns.length === 0 ? record : withoutText(record));
            phase.onRecord?.(record);
            done(record);
          },
        );
      },
      retryDelayMs: (record) => retryDelayMs(record, plan.retry, this.#jitter),
    });
    this.#phase = run;
    if (phase.phase === 'measure') this.#measured = run;
    return run.run().finally(() => {
      if (phase.phase === 'measure') this.#input.seat?.leave();
      this.#isCutShort ||= run.isCutShort;
    });
  }

  /** Lets through only what the budget can pay at its dearest. */
  #gate(): Gate<CostedDraft> | undefined {
    const purse = this.#input.money?.purse;
    if (purse === undefined) return undefined;
    return {
      admit: (draft) => {
        const admission = purse.reserve(draft.worstUsd);
        if (typeof admission === 'string') return admission;
        this.#reserved = admission;
        return 'now';
      },
      whenAdmitted: (tryAgain) => purse.whenFreed(tryAgain),
    };
  }

  /** Lets nothing through while it is another target's turn. */
  #turnGate(gate: Gate<CostedDraft> | undefined): Gate<CostedDraft> | undefined {
    const { seat } = this.#input;
    if (seat === undefined) return gate;
    let isTurn = false;
    return {
      admit: (draft) => {
        isTurn = seat.claim();
        if (!isTurn) return 'later';
        const admission = gate?.admit(draft) ?? 'now';
        if (admission !== 'now') seat.giveBack();
        return admission;
      },
      whenAdmitted: (tryAgain) => (isTurn ? gate?.whenAdmitted(tryAgain) : seat.whenFree(tryAgain)),
    };
  }

  #takeReserved(): Reservation | undefined {
    const reserved = this.#reserved;
    this.#reserved = undefined;
    return reserved;
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

  /** Which request of the run the n-th one of this shard's warm-up stands for; the first one of all is sent by one shard alone. */
  #warmupPlace(): (request: number) => number {
    const { plan, shard } = this.#input;
    const placeOf = placesOfShard(plan.load, shard);
    const sentAlone = shard.index === 0 ? 1 : 0;
    return (request) => (request < sentAlone ? 0 : 1 + placeOf(request - sentAlone));
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
