import { create } from 'xmlbuilder2';
import type { ThresholdCheck, ThresholdVerdict } from '../metrics/judge-thresholds.ts';
import type { RunComparison } from '../metrics/run-comparison.ts';
import type { TargetSummary } from '../metrics/summary.ts';
import type { Run, RunState } from '../model/run.ts';
import type { Target } from '../model/target.ts';
import { comparisonLabel } from './comparison.ts';
import { formatMs, formatRatio, formatValue } from './format.ts';
import { checkText } from './verdict.ts';

export interface JunitInput {
  readonly run: Run;
  readonly state: RunState;
  readonly durationMs: number;
  readonly targets: readonly TargetSummary[];
  /** Undefined without conditions. */
  readonly verdict: ThresholdVerdict | undefined;
}

interface Case {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  /** Why it did not pass; undefined where there is nothing to say. */
  readonly message: string | undefined;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

const MS_PER_SECOND = 1_000;

/**
 * A suite a target, and one for the whole run: a case a condition, as the exit code judges it; one that fails where nothing could be
 * measured; and the objectives, which are no gate by themselves and so are marked as skipped.
 */
export function renderJunit({ run, durationMs, targets, verdict }: JunitInput): string {
  const suites = [
    ...targets.map((summary): Suite => suiteOf(summary, run, verdict)),
    ...wholeRun(verdict).map((cases): Suite => ({ name: 'run', cases })),
  ];
  return writeSuites(suites, { name: `llm-bench ${run.id}`, timeMs: durationMs, startedAtIso: run.startedAtIso });
}

/** A suite a target: a case a metric, which fails where it regressed and is skipped where nothing could be decided. */
export function renderComparisonJunit(comparison: RunComparison): string {
  const outcomes = { regressed: 'failed', improved: 'passed', 'no-change': 'passed', inconclusive: 'skipped' } as const;
  const suites = comparison.targets.map(
    ({ b, metrics }): Suite => ({
      name: `${b.provider} ${b.model}`,
      cases: metrics.map((metric): Case => {
        const values = `${formatValue(metric.a.value, metric.unit)} → ${formatValue(metric.b.value, metric.unit)}`;
        const reason = metric.reason === undefined ? '' : `: ${metric.reason}`;
        const outcome = outcomes[metric.verdict];
        const message = outcome === 'passed' ? undefined : `${metric.verdict}, ${values}${reason}`;
        return { name: comparisonLabel(metric), outcome, message };
      }),
    }),
  );
  const { a, b } = comparison;
  return writeSuites(suites, { name: `llm-bench ${a.id} ${b.id}`, timeMs: undefined, startedAtIso: b.startedAtIso });
}

interface Root {
  readonly name: string;
  readonly timeMs: number | undefined;
  readonly startedAtIso: string;
}

function writeSuites(suites: readonly Suite[], { name, timeMs, startedAtIso }: Root): string {
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
    name,
    ...(timeMs === undefined ? {} : { time: timeMs / MS_PER_SECOND }),
    ...countsOf(suites.flatMap(({ cases }) => cases)),
  });
  for (const { name: suiteName, cases } of suites) {
    const suite = root.ele('testsuite', { name: legal(suiteName), timestamp: startedAtIso, ...countsOf(cases) });
    for (const one of cases) addCase(suite, suiteName, one);
  }
  return `${root.end({ prettyPrint: true })}\n`;
}

function addCase(suite: ReturnType<typeof create>, suiteName: string, { name, outcome, message }: Case): void {
  const node = suite.ele('testcase', { classname: legal(suiteName), name: legal(name) });
  const text = legal(message ?? '');
  if (outcome === 'failed') node.ele('failure', { type: 'failed', message: text });
  if (outcome === 'error') node.ele('error', { type: 'no-value', message: text });
  if (outcome === 'skipped') node.ele('skipped', { message: text });
}

function suiteOf(summary: TargetSummary, { plan }: Run, verdict: ThresholdVerdict | undefined): Suite {
  const { target, requests } = summary;
  const isMeasured = requests.completed > 0;
  const measured: Case = {
    name: 'measured',
    outcome: isMeasured ? 'passed' : 'error',
    message: isMeasured ? undefined : `no request completed of ${requests.started}`,
  };
  const checks = (verdict?.checks ?? []).filter((check) => isOf(check, target)).map(caseOf);
  const objectives = plan.objectives.map(({ metric, max }) => `${metric} <= ${formatMs(max)}`).join(', ');
  const good = `${formatRatio(summary.goodRatio)} of requests were good; no gate without --fail-if 'good_ratio < …'`;
  const objective: readonly Case[] =
    objectives === '' ? [] : [{ name: `objectives: ${objectives}`, outcome: 'skipped', message: good }];
  return { name: `${target.provider} ${target.model}`, cases: [measured, ...checks, ...objective] };
}

function isOf({ target }: ThresholdCheck, { provider, model }: Target): boolean {
  return target?.provider === provider && target.model === model;
}

/** Conditions on the run as a whole, if there are any. */
function wholeRun(verdict: ThresholdVerdict | undefined): readonly (readonly Case[])[] {
  const cases = (verdict?.checks ?? []).filter(({ target }) => target === undefined).map(caseOf);
  return cases.length === 0 ? [] : [cases];
}

function caseOf(check: ThresholdCheck): Case {
  const outcome = check.status === 'unknown' ? 'error' : check.status;
  return { name: check.threshold.text, outcome, message: outcome === 'passed' ? undefined : checkText(check) };
}

function countsOf(cases: readonly Case[]): Readonly<Record<string, number>> {
  const count = (wanted: Case['outcome']): number => cases.filter(({ outcome }) => outcome === wanted).length;
  return { tests: cases.length, failures: count('failed'), errors: count('error'), skipped: count('skipped') };
}

/** XML 1.0 has no way to write most control characters. */
function legal(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\ufffe\uffff]/gu, (sign) => (/[\t\n\r]/.test(sign) ? sign : '\ufffd'));
}
