import type { Command } from 'commander';
import { type Act, DB_OPTION, showHelpAlone } from './declare.ts';

/** Commands that name runs, follow them, and make room. */
export function declareReportKeeping(report: Command, act: Act): void {
  const baseline = report.command('baseline').description('names for runs: compare main RUN').helpCommand(false);
  baseline
    .command('set')
    .description('give a run a name; the newest by default')
    .argument('<name>', 'letters, digits, dots, dashes and underscores')
    .argument('[run]', 'its id')
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report/baseline.ts')).baselineSet));
  baseline
    .command('list')
    .description('all names and their runs')
    .option('--json', 'as JSON')
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report/baseline.ts')).baselineList));
  baseline
    .command('remove')
    .description('take a name away; its run stays')
    .argument('<name>', 'which')
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report/baseline.ts')).baselineRemove));
  showHelpAlone(baseline);
  report
    .command('prune')
    .description('remove old runs; says what would go, and does it with --yes')
    .requiredOption('--older-than <age>', 'runs that started longer ago: 90d, 12h, 8w; baselines stay')
    .option('--keep-events <age>', 'of runs that stay, remove token events older than this')
    .option('--yes', 'do it')
    .option('--dry-run', 'only say what would go (the default)')
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report/prune.ts')).reportPrune));
  report
    .command('tail')
    .description('follow a run that another process writes, until it ends; the newest by default')
    .argument('[run]', 'its id')
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report/tail.ts')).reportTail));
}
