import type { RunResult } from '../../app/result.ts';
import { trialOf } from '../../app/search.ts';
import { showGroup } from '../../app/show-group.ts';
import { DEFAULT_LATENCY, type SweepStep } from '../../metrics/load-curve.ts';
import { concludeSearch } from '../../metrics/search.ts';
import type { RunGroup } from '../../model/run.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { WantedSearch } from '../flags/search-options.ts';
import { readLatencyChoice } from '../flags/values-of-groups.ts';
import { writeResult } from '../output/streams.ts';
import { renderFound, type SearchView } from './search.ts';
import { renderGroup } from './sweep.ts';

export interface ReportGroupFlags {
  readonly groupId?: string;
  readonly latency?: string;
  readonly db?: string;
  readonly output: 'text' | 'json' | 'csv';
}

/** `report group`: a sweep or a search from the store, the newest by default. */
export const reportGroup: Command<ReportGroupFlags> = async (flags, context) => {
  const latency = flags.latency === undefined ? undefined : readLatencyChoice(flags.latency);
  const results = await showGroup(context.createApp(context.settings.logLevel), {
    db: flags.db ?? context.settings.db,
    groupId: flags.groupId,
    withRecords: (kind) => kind === 'search',
  });
  const steps = results.flatMap((result) => stepOf(result));
  const group = steps[0]?.group;
  if (group === undefined) return EXIT.unexpected;
  if (group.kind === 'search') {
    await writeResult(renderFound(searchViewOf(group, results), flags.output));
    return EXIT.ok;
  }
  const { axes, latency: asked } = askedOf(group);
  const view = { groupId: group.id, asked: group.asked, planned: group.steps ?? steps.length, steps, axes };
  await writeResult(renderGroup({ ...view, latency: latency ?? asked }, flags.output));
  return EXIT.ok;
};

function stepOf({ run, state, targets }: RunResult): readonly SweepStep[] {
  return run.group === undefined ? [] : [{ runId: run.id, group: run.group, plan: run.plan, state, targets }];
}

/** Concludes again, from the requests themselves. */
function searchViewOf(group: RunGroup, results: readonly RunResult[]): SearchView {
  // Only a search writes this, and reads it here.
  const wanted = group.asked as unknown as WantedSearch;
  const trials = results
    .filter(({ state }) => state === 'completed' || state === 'cancelled')
    .map((result) => trialOf(result, wanted.goal, result.run.group?.values[wanted.axis] ?? Number.NaN));
  const conclusion = concludeSearch(
    trials.map(({ trial }) => trial),
    wanted.options,
  );
  return { groupId: group.id, asked: group.asked, wanted, trials, conclusion };
}

/** As the sweep wrote it; only we write it, but a hand may have changed it. */
function askedOf({ asked, values }: RunGroup): {
  readonly axes: readonly string[];
  readonly latency: typeof DEFAULT_LATENCY;
} {
  const { axes, latency } = asked;
  const isNamed = typeof latency === 'object' && latency !== null && 'metric' in latency && 'statistic' in latency;
  return {
    axes: Array.isArray(axes) ? axes.map(String) : Object.keys(values),
    latency: isNamed ? readLatencyChoice(`${latency['metric']}.${latency['statistic']}`) : DEFAULT_LATENCY,
  };
}
