import type { Clock } from '../clock.ts';
import type { Plan } from '../model/plan.ts';
import { Bank } from './bank.ts';
import type { Findings, MeasuringCommand, MeasuringReport, MeasuringStep } from './messages.ts';
import { inTurns } from './turns.ts';

export interface CoordinatorInput {
  readonly plan: Plan;
  readonly shardCount: number;
  readonly clock: Clock;
  readonly send: (shardIndex: number, command: MeasuringCommand) => void;
}

/** Long enough that every shard has the message before its instant, also from a thread of low priority on a busy machine. */
const START_MARGIN_MS = 50;

/**
 * Leads the shards of a run through its targets: each step of a target begins when the step before is done everywhere, and the measured
 * load at one instant. Needs only messages, so that a shard may be anywhere.
 */
export class Coordinator {
  readonly #input: CoordinatorInput;
  readonly #bank: Bank | undefined;
  /** By shard and target: who waits for the answer to a step. */
  readonly #steps = new Map<string, (findings: Findings | undefined) => void>();

  constructor(input: CoordinatorInput) {
    const { plan, shardCount, clock, send } = input;
    this.#input = input;
    this.#bank =
      plan.budgetUsd === undefined ? undefined : new Bank({ capUsd: plan.budgetUsd, shardCount, clock, send });
  }

  /** Resolves when every target is over and the shards have been told to end. Does not resolve when a shard falls silent. */
  async run(): Promise<void> {
    const { plan } = this.#input;
    this.#bank?.open();
    if (plan.interleave === undefined) {
      await inTurns(plan.targets, plan.providerConcurrency, (targetIndex) => this.#runTarget(targetIndex));
    } else await this.#interleave();
    this.#bank?.close();
    this.#sendAll({ type: 'finish' });
  }

  /** What only the coordinator needs to know of. */
  take(shardIndex: number, report: MeasuringReport): void {
    if (report.type === 'money') this.#bank?.take(shardIndex, report.money);
    if (report.type !== 'step') return;
    const key = keyOf(shardIndex, report.targetIndex);
    const resolve = this.#steps.get(key);
    this.#steps.delete(key);
    resolve?.(report.findings);
  }

  /** All are warm before the first turn, and then begin together: whose turn it is, the shard knows. */
  async #interleave(): Promise<void> {
    const targets = [...this.#input.plan.targets.keys()];
    for (const targetIndex of targets) await this.#warmUp(targetIndex);
    await Promise.all(targets.map((targetIndex) => this.#measure(targetIndex)));
  }

  async #runTarget(targetIndex: number): Promise<void> {
    await this.#warmUp(targetIndex);
    await this.#measure(targetIndex);
  }

  async #warmUp(targetIndex: number): Promise<void> {
    const findings = await this.#step(0, { type: 'probe', targetIndex });
    if (findings === undefined) throw new Error(`the probe of target ${targetIndex} found nothing`);
    // Also where there is no more to warm up: what was found must reach every shard.
    await this.#stepAll({ type: 'warmup', targetIndex, findings });
  }

  async #measure(targetIndex: number): Promise<void> {
    const { shardCount, clock } = this.#input;
    const startAtMs = shardCount === 1 ? undefined : clock.nowMs() + START_MARGIN_MS;
    await this.#stepAll({ type: 'measure', targetIndex, startAtMs });
  }

  async #stepAll(step: MeasuringStep): Promise<void> {
    const { shardCount } = this.#input;
    await Promise.all(Array.from({ length: shardCount }, (_, shardIndex) => this.#step(shardIndex, step)));
  }

  #step(shardIndex: number, step: MeasuringStep): Promise<Findings | undefined> {
    return new Promise((resolve) => {
      this.#steps.set(keyOf(shardIndex, step.targetIndex), resolve);
      this.#input.send(shardIndex, step);
    });
  }

  #sendAll(command: MeasuringCommand): void {
    for (let shardIndex = 0; shardIndex < this.#input.shardCount; shardIndex++) this.#input.send(shardIndex, command);
  }
}

function keyOf(shardIndex: number, targetIndex: number): string {
  return `${shardIndex}/${targetIndex}`;
}
