import { type Command, Option } from 'commander';
import { collect, DB_OPTION } from './declare.ts';
import { addPlanOptions } from './plan-options.ts';
import { addTargetOptions } from './target-options.ts';

/** Heading of the flags that change nothing of what is measured. */
export const SHOWING = 'Keeping and showing:';

/** All that a run can be told. */
export function addRunOptions(command: Command): Command {
  return addPlanOptions(addTargetOptions(command))
    .optionsGroup(SHOWING)
    .option('--run-id <id>', 'name of the run (default a fresh one)')
    .option(...DB_OPTION)
    .option('--no-save', 'keep nothing')
    .option('--save-text', 'keep prompt and answer texts too')
    .option('--label <label>', 'to find the run again: report list --label; repeatable', collect)
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout').choices(['text', 'json', 'csv']).default('text'),
    )
    .option('--export <file>', 'also to a file: .json .jsonl .csv .parquet .md .xml (JUnit) .html; repeatable', collect)
    .addOption(new Option('--include <what>', 'add to JSON').choices(['requests']))
    .option('--stats', 'also mean, deviation, extremes and 95 % intervals')
    .option('--histogram', 'also histograms of E2E and TTFT')
    .option(
      '--fail-if <condition>',
      "exit code 99 if it holds: 'ttft.p95 > 800ms', 'error_rate > 1%'; repeatable",
      collect,
    )
    .option('--no-progress', 'nothing on stderr but errors')
    .option('-v, --verbose', 'log what is done')
    .option('--dry-run', 'only say what the run would take and cost, and send nothing');
}
