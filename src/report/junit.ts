import { create } from 'xmlbuilder2';
import type { ThresholdCheck, ThresholdVerdict } from '../metrics/judge-thresholds.ts';
import type { TargetSummary } from '../metrics/summary.ts';
import type { Run, RunState } from '../model/run.ts';
import type { Target } from '../model/target.ts';
import { formatMs, formatRatio } from './format.ts';
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
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
    name: `llm-bench ${run.id}`,
    time: durationMs / MS_PER_SECOND,
    ...countsOf(suites.flatMap(({ cases }) => cases)),
  });
  for (const { name, cases } of suites) {
    const suite = root.ele('testsuite', { name: legal(name), timestamp: run.startedAtIso, ...countsOf(cases) });
    for (const { name: caseName, outcome, message } of cases) {
      const node = suite.ele('testcase', { classname: legal(name), name: legal(caseName) });
      const text = legal(message ?? '');
      if (outcome === 'failed') node.ele('failure', { type: 'threshold', message: text });
      if (outcome === 'error') node.ele('error', { type: 'no-value', message: text });
      if (outcome === 'skipped') node.ele('skipped', { message: text });
    }
  }
  return `${root.end({ prettyPrint: true })}\n`;
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
