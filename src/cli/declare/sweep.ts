import { collect, type Declare } from './declare.ts';
import { addGroupOptions } from './group-options.ts';
import { addPlanOptions } from './plan-options.ts';
import { addTargetOptions } from './target-options.ts';

export const declareSweep: Declare = (program, act) => {
  const command = program
    .command('sweep')
    .description('measure at one load after the other: a table, a curve and its knee')
    .optionsGroup('Steps:')
    .option(
      '--over <axis=values>',
      'rate=1..64:x2, rate=8..64:+8, concurrency=1,2,4,8, max-tokens=…, or in=… and out=… of made prompts; given twice, the last one goes along the curve',
      collect,
    )
    .option('--latency <metric.statistic>', 'of the curve (default e2e.p50)');
  addGroupOptions(addPlanOptions(addTargetOptions(command)), { what: 'sweep', steps: 'the steps' }).action(
    act(async () => (await import('../commands/sweep.ts')).sweep),
  );
};
