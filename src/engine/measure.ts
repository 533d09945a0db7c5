import { type Clock, createClock } from '../clock.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { HttpClient, HttpRequest } from '../model/exchange.ts';
import type { Price } from '../model/price.ts';
import type { WorkloadItems } from '../model/recipe.ts';
import type { Sanitizer } from '../model/sanitizer.ts';
import { type Credentials, type DialectId, NO_CREDENTIALS } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import type { PromptSupply } from '../workloads/source.ts';
import { Alternation } from './alternation.ts';
import { RecordPacker, transferList } from './batch.ts';
import { Budget, type CostPort } from './budget.ts';
import type { Findings, MeasuringCommand, MeasuringOrder, MeasuringReport, MeasuringStep } from './messages.ts';
import type { ReadCpuWaits } from './self-check.ts';
import { createIds } from './shard.ts';
import { TargetRun } from './target-run.ts';

/** What the thread's own composition root puts in. */
export interface MeasuringAdapters {
  readonly createHttpClient: (clock: Clock) => HttpClient;
  readonly dialectOf: (id: DialectId) => Dialect;
  /** The prompts of one target. */
  readonly openPrompts: (items: WorkloadItems, targetIndex: number) => PromptSupply;
  readonly createSanitizer: (secrets: readonly string[]) => Sanitizer;
  readonly costsOf: (price: Price | undefined) => CostPort;
  readonly readCpuWaits: ReadCpuWaits;
  /** Signs a request where its credentials sign, right before it is sent. `epochMs` is the wall clock: signatures grow old. */
  readonly authorize: (request: HttpRequest, credentials: Credentials, epochMs: Milliseconds) => HttpRequest;
}

/** The thread's way out: a message port, or a test's list. */
export interface MeasuringOutlet {
  send(report: MeasuringReport, transfer: ArrayBuffer[]): void;
}

/** How often records leave the thread. With the store's own work this keeps the loss of a killed run under a second. */
const REPORT_EVERY_MS = 250;

/** A shard at work. */
export interface MeasuringShard {
  /** Resolves after `end` was sent; rejects with a bug. */
  readonly done: Promise<void>;
  command(command: MeasuringCommand): void;
}

/** The body of a measuring thread: does its part of an order, step by step as it is told, and reports what it saw. */
export function startMeasuring(
  order: MeasuringOrder,
  adapters: MeasuringAdapters,
  outlet: MeasuringOutlet,
): MeasuringShard {
  return new ShardAtWork(order, adapters, outlet);
}

class ShardAtWork implements MeasuringShard {
  readonly done: Promise<void>;
  readonly #outlet: MeasuringOutlet;
  readonly #clock: Clock;
  readonly #http: HttpClient;
  readonly #budget: Budget | undefined;
  readonly #alternation: Alternation | undefined;
  readonly #targets: readonly TargetRun[];
  readonly #underWay = new Set<Promise<void>>();
  readonly #packer = new RecordPacker();
  #isFinishing = false;
  #cancelReport = (): void => undefined;
  #resolve: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(order: MeasuringOrder, adapters: MeasuringAdapters, outlet: MeasuringOutlet) {
    this.#outlet = outlet;
    this.#clock = createClock(order.origin);
    this.#http = adapters.createHttpClient(this.#clock);
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The coordinator grants the money of one shard too.
    this.#budget =
      order.plan.budgetUsd === undefined
        ? undefined
        : new Budget(0, (money) => outlet.send({ type: 'money', money }, []));
    const { interleave, targets } = order.plan;
    this.#alternation =
      interleave === undefined ? undefined : new Alternation(targets.length, interleave.requestsPerTurn);
    const nextId = createIds(order.shard);
    this.#targets = order.plan.targets.map((_, targetIndex) =>
      this.#targetRun(order, adapters, { targetIndex, nextId }),
    );
    this.#reportAgain();
  }

  command(command: MeasuringCommand): void {
    if (command.type === 'stop') for (const target of this.#targets) target.stop(command.graceMs);
    else if (command.type === 'credentials') this.#targets[command.targetIndex]?.renew(command.credentials);
    else if (command.type === 'grant') this.#budget?.grant(command.usd, command.isLast);
    else if (command.type === 'refusal') this.#budget?.refuse(command.usd);
    else if (command.type === 'recall') this.#giveBack();
    else if (command.type === 'finish') this.#finish();
    else this.#begin(command);
  }

  #targetRun(
    order: MeasuringOrder,
    adapters: MeasuringAdapters,
    { targetIndex, nextId }: { readonly targetIndex: number; readonly nextId: () => number },
  ): TargetRun {
    const target = order.plan.targets[targetIndex];
    if (target === undefined) throw new Error(`no target ${targetIndex} in the plan`);
    return new TargetRun({
      plan: order.plan,
      targetIndex,
      shard: order.shard,
      prompts: adapters.openPrompts(order.items, targetIndex),
      credentials: order.credentials[targetIndex] ?? NO_CREDENTIALS,
      userAgent: order.userAgent,
      dialect: adapters.dialectOf(target.dialect),
      http: this.#http,
      clock: this.#clock,
      authorize: adapters.authorize,
      readCpuWaits: adapters.readCpuWaits,
      createSanitizer: adapters.createSanitizer,
      nextId,
      onRecord: (record) => this.#packer.add(record),
      seat: this.#alternation?.seat(targetIndex),
      money:
        this.#budget === undefined
          ? undefined
          : { purse: this.#budget.openPurse(), costs: adapters.costsOf(target.profile.price) },
    });
  }

  #begin(step: MeasuringStep): void {
    const work = this.#do(step)
      .then((findings) => this.#outlet.send({ type: 'step', targetIndex: step.targetIndex, findings }, []))
      .catch((error: unknown) => this.#reject(error))
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #do(step: MeasuringStep): Promise<Findings | undefined> {
    const target = this.#targets[step.targetIndex];
    if (step.type === 'probe') return target?.probe();
    await (step.type === 'warmup' ? target?.warmUp(step.findings) : target?.measure(step.startAtMs));
    return undefined;
  }

  #giveBack(): void {
    if (this.#budget !== undefined) this.#outlet.send({ type: 'money', money: this.#budget.giveBack() }, []);
  }

  #report(): void {
    const packed = this.#packer.take();
    const progress = this.#targets.map((target) => target.progress()).filter((known) => known !== undefined);
    const live = this.#targets.map((target) => target.live());
    this.#outlet.send({ type: 'batch', records: packed, progress, live }, transferList(packed));
  }

  #reportAgain(): void {
    this.#report();
    this.#cancelReport = this.#clock.after(REPORT_EVERY_MS, () => this.#reportAgain());
  }

  /** When no step is under way any more: after a failure elsewhere some may be. */
  #finish(): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    Promise.all(this.#underWay).then(() => {
      this.#cancelReport();
      this.#http.close();
      this.#report();
      this.#outlet.send({ type: 'end', isCutShort: this.#targets.some((target) => target.isCutShort) }, []);
      this.#resolve();
    }, this.#reject);
  }
}
