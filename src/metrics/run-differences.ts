import type { Load } from '../model/load.ts';
import { limitsText, loadText } from '../model/load-text.ts';
import type { Plan } from '../model/plan.ts';
import type { Environment } from '../model/run.ts';
import type { Target } from '../model/target.ts';
import type { JsonValue } from '../model/units.ts';

/**
 * `subject`: what is measured, the very thing that two runs are compared for. `condition`: what it was asked to do, and how the
 * numbers are defined; where it differs, the numbers do for that reason, so the runs are not like-for-like. `circumstance`: who measured, how
 * long and with what; it may matter, so it is told.
 */
export type DifferenceKind = 'subject' | 'condition' | 'circumstance';

/** Something that is not the same in both runs. */
export interface RunDifference {
  readonly kind: DifferenceKind;
  /** `max tokens`. */
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

/** What is known of a run beside its records. */
export interface RunConditions {
  readonly plan: Plan;
  readonly environment: Environment;
  readonly version: string;
  readonly metricsVersion: number;
  readonly state: string;
  /** Whose result it is; undefined or missing: it was measured here. */
  readonly importedFrom?: string | undefined;
}

interface Aspect<T> {
  readonly kind: DifferenceKind;
  readonly what: string;
  /** As it is shown; equal texts are no difference. */
  readonly show: (from: T) => string;
}

const RUN_ASPECTS: readonly Aspect<RunConditions>[] = [
  condition('prompts', ({ plan }) => `${plan.workload.items ?? 'one each'} of ${plan.workload.sha256.slice(0, 12)}`),
  condition('load', ({ plan }) => showLoad(plan.load)),
  condition('stream', ({ plan }) => yesNo(plan.isStreamed)),
  condition('HTTP', ({ plan }) => (plan.isHttp2 ? '2' : '1.1')),
  condition('prompt cache', ({ plan }) => plan.cache),
  condition('context tiers', ({ plan }) => plan.contextTiers.join(', ') || 'none'),
  condition('turns', ({ plan }) => String(plan.conversation?.maxTurns ?? 1)),
  condition('think time', ({ plan }) => showMs(plan.conversation?.thinkTimeMs ?? 0)),
  condition('output length', ({ plan }) => plan.outputLength),
  condition('retries', ({ plan }) => String(plan.retry.maxRetries)),
  condition('streams given up', ({ plan }) => showCancellation(plan)),
  condition('warm-up', ({ plan }) => (plan.warmupRequests === 0 ? 'none' : 'some')),
  condition('timeout', ({ plan }) => showMs(plan.timeouts.totalMs)),
  condition('connect timeout', ({ plan }) => showMs(plan.timeouts.connectMs)),
  condition('first-token timeout', ({ plan }) => showMs(plan.timeouts.firstTokenMs)),
  condition('idle timeout', ({ plan }) => showMs(plan.timeouts.idleMs)),
  condition('extra headers', ({ plan }) => [...plan.headerNames].sort().join(', ') || 'none'),
  condition('metrics version', ({ metricsVersion }) => String(metricsVersion)),
  circumstance('requests', ({ plan }) => String(plan.stop.requests ?? 'any number')),
  circumstance('duration', ({ plan }) => showMs(plan.stop.durationMs)),
  circumstance('token counting', ({ plan }) =>
    `${plan.tokenCounting.when} ${plan.tokenCounting.tokenizer ?? ''}`.trim(),
  ),
  circumstance('state', ({ state }) => state),
  circumstance('llm-bench', ({ version }) => version),
  circumstance('node', ({ environment }) => environment.node),
  circumstance('transport', ({ environment }) => environment.transport),
  circumstance('machine', ({ environment }) => {
    const { platform, arch, cpuModel, cpuCount } = environment;
    return `${platform} ${arch}, ${cpuCount} × ${cpuModel}`;
  }),
  circumstance('origin', ({ importedFrom }) =>
    importedFrom === undefined ? 'measured here' : `imported from ${importedFrom}`,
  ),
];

const TARGET_ASPECTS: readonly Aspect<{ readonly target: Target; readonly plan: Plan }>[] = [
  subject('provider', ({ target }) => target.provider),
  subject('model', ({ target }) => target.model),
  subject('url', ({ target }) => target.url),
  subject('region', ({ target }) => target.profile.region ?? 'none named'),
  subject('tier', ({ target }) => target.profile.tier ?? 'none named'),
  subject('price', ({ target }) => showPrice(target)),
  subject('dialect', ({ target }) => target.dialect),
  condition('temperature', (from) => String(sentTo(from).temperature ?? 'not sent')),
  condition('max tokens', (from) => String(sentTo(from).maxTokens ?? 'not sent')),
  condition('parameters', (from) => canonical(sentTo(from).extra)),
  condition('timeout of the target', ({ target }) => showMs(target.profile.timeoutMs)),
];

function subject<T>(what: string, show: (from: T) => string): Aspect<T> {
  return { kind: 'subject', what, show };
}

function condition<T>(what: string, show: (from: T) => string): Aspect<T> {
  return { kind: 'condition', what, show };
}

function circumstance<T>(what: string, show: (from: T) => string): Aspect<T> {
  return { kind: 'circumstance', what, show };
}

/** What differs between two runs, targets aside. */
export function runDifferences(a: RunConditions, b: RunConditions): readonly RunDifference[] {
  return differences(RUN_ASPECTS, a, b);
}

/** What differs between two targets, and in what they were sent. */
export function targetDifferences(
  a: { readonly target: Target; readonly plan: Plan },
  b: { readonly target: Target; readonly plan: Plan },
): readonly RunDifference[] {
  return differences(TARGET_ASPECTS, a, b);
}

function differences<T>(aspects: readonly Aspect<T>[], a: T, b: T): readonly RunDifference[] {
  return aspects.flatMap(({ kind, what, show }) => {
    const [inA, inB] = [show(a), show(b)];
    return inA === inB ? [] : [{ kind, what, a: inA, b: inB }];
  });
}

function sentTo({ target, plan }: { readonly target: Target; readonly plan: Plan }): Plan['parameters'] {
  return target.profile.parameters ?? plan.parameters;
}

function showLoad(load: Load): string {
  return [loadText(load), ...limitsText(load)].join(', ');
}

function showCancellation({ cancellation }: Plan): string {
  return cancellation === undefined ? 'none' : JSON.stringify(cancellation);
}

function showPrice({ profile: { price } }: Target): string {
  if (price === undefined) return 'unknown';
  const { inputUsd, outputUsd, perRequestUsd } = price;
  return `$${inputUsd} in, $${outputUsd} out per million${perRequestUsd === 0 ? '' : `, $${perRequestUsd} a request`}`;
}

function showMs(value: number | undefined): string {
  return value === undefined ? 'none' : `${value} ms`;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** JSON with sorted keys, so that the order in which they were given is no difference. */
function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
