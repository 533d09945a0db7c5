import { type Clock, createClock } from '../clock.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { HttpClient, HttpRequest } from '../model/exchange.ts';
import type { Price } from '../model/price.ts';
import type { RequestRecord } from '../model/record.ts';
import type { Sanitizer } from '../model/sanitizer.ts';
import { type Credentials, type DialectId, NO_CREDENTIALS } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import type { WorkloadItems } from '../model/workload.ts';
import type { PromptSupply } from '../workloads/source.ts';
import { packRecords, transferList } from './batch.ts';
import { Budget, type CostPort } from './budget.ts';
import type { MeasuringCommand, MeasuringOrder, MeasuringReport } from './messages.ts';
import { createIds, WHOLE_RUN } from './shard.ts';
import { TargetRun } from './target-run.ts';

/** What the thread's own composition root puts in. */
export interface MeasuringAdapters {
  readonly createHttpClient: (clock: Clock) => HttpClient;
  readonly dialectOf: (id: DialectId) => Dialect;
  /** The prompts of one target. */
  readonly openPrompts: (items: WorkloadItems, targetIndex: number) => PromptSupply;
  readonly createSanitizer: (secrets: readonly string[]) => Sanitizer;
  readonly costsOf: (price: Price | undefined) => CostPort;
  /** Signs a request where its credentials sign, right before it is sent. `epochMs` is the wall clock: signatures grow old. */
  readonly authorize: (request: HttpRequest, credentials: Credentials, epochMs: Milliseconds) => HttpRequest;
}

/** The thread's way out: a message port, or a test's list. */
export interface MeasuringOutlet {
  send(report: MeasuringReport, transfer: ArrayBuffer[]): void;
}

/** How often records leave the thread. With the store's own work this keeps the loss of a killed run under a second. */
const REPORT_EVERY_MS = 250;

/** The body of a measuring thread: runs all targets of an order and reports what it saw. */
export function startMeasuring(
  order: MeasuringOrder,
  adapters: MeasuringAdapters,
  outlet: MeasuringOutlet,
): { readonly done: Promise<void>; readonly command: (command: MeasuringCommand) => void } {
  const clock = createClock(order.origin);
  const http = adapters.createHttpClient(clock);
  const { budgetUsd } = order.plan;
  const budget = budgetUsd === undefined ? undefined : new Budget(budgetUsd);
  let records: RequestRecord[] = [];
  const nextId = createIds(WHOLE_RUN);

  const targets = order.plan.targets.map((target, targetIndex) => {
    const credentials = order.credentials[targetIndex] ?? NO_CREDENTIALS;
    return new TargetRun({
      plan: order.plan,
      targetIndex,
      shard: WHOLE_RUN,
      prompts: adapters.openPrompts(order.items, targetIndex),
      credentials,
      userAgent: order.userAgent,
      dialect: adapters.dialectOf(target.dialect),
      http,
      clock,
      authorize: adapters.authorize,
      createSanitizer: adapters.createSanitizer,
      nextId,
      onRecord: (record) => records.push(record),
      money:
        budget === undefined ? undefined : { purse: budget.openPurse(), costs: adapters.costsOf(target.profile.price) },
    });
  });
  const report = (): void => {
    const packed = packRecords(records);
    records = [];
    const progress = targets.map((target) => target.progress()).filter((known) => known !== undefined);
    outlet.send(
      { type: 'batch', records: packed, progress, live: targets.map((target) => target.live()) },
      transferList(packed),
    );
  };
  let cancelReport = (): void => undefined;
  const reportAgain = (): void => {
    report();
    cancelReport = clock.after(REPORT_EVERY_MS, reportAgain);
  };
  reportAgain();
  return {
    done: runAll(order, targets).finally(() => {
      cancelReport();
      http.close();
      report();
      outlet.send({ type: 'end', isCutShort: targets.some((target) => target.isCutShort) }, []);
    }),
    command: (command) => {
      if (command.type === 'credentials') targets[command.targetIndex]?.renew(command.credentials);
      else for (const target of targets) target.stop(command.graceMs);
    },
  };
}

/** Providers side by side, as many as the plan allows; the models of one provider take turns, so that they do not compete. */
async function runAll(order: MeasuringOrder, targets: readonly TargetRun[]): Promise<void> {
  const providers = new Map<string, TargetRun[]>();
  order.plan.targets.forEach((target, index) => {
    const run = targets[index];
    if (run !== undefined) providers.set(target.provider, [...(providers.get(target.provider) ?? []), run]);
  });
  const waiting = [...providers.values()];
  const lane = async (): Promise<void> => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      for (const target of group) await target.run();
    }
  };
  const lanes = Math.min(waiting.length, order.plan.providerConcurrency ?? waiting.length);
  await Promise.all(Array.from({ length: lanes }, lane));
}
