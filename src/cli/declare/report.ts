import { Option } from 'commander';
import { collect, DB_OPTION, type Declare, showHelpAlone } from './declare.ts';
import { declareReportFiles } from './report-files.ts';
import { declareReportKeeping } from './report-keeping.ts';

const RUN_STATES = ['running', 'completed', 'interrupted', 'cancelled', 'over-budget', 'failed'];

export const declareReport: Declare = (program, act) => {
  const report = program.command('report').description('look at stored runs').helpCommand(false);
  report
    .command('summary')
    .description('one run; the newest by default')
    .option('--run-id <id>', 'another run')
    .option('--provider <name>', 'only this provider')
    .option(...DB_OPTION)
    .option('--json', 'the same document as run --output json')
    .addOption(new Option('--include <what>', 'add to JSON').choices(['requests']))
    .option('--stats', 'also mean, deviation, extremes and 95 % intervals')
    .option('--histogram', 'also histograms of E2E and TTFT')
    .option(
      '--fail-if <condition>',
      "exit code 99 if it holds: 'ttft.p95 > 800ms', 'error_rate > 1%'; repeatable",
      collect,
    )
    .action(act(async () => (await import('../commands/report.ts')).reportSummary));
  declareReportFiles(report, act);
  declareReportKeeping(report, act);
  report
    .command('list')
    .description('all runs, newest first')
    .option('-n, --limit <n>', 'only so many')
    .addOption(new Option('--state <state>', 'only these').choices(RUN_STATES))
    .option('--target <text>', 'only runs with this in the name of a provider or model')
    .option('--since <age|date>', 'only from then on: 7d, 12h, 2026-01-31')
    .option('--label <label>', 'only runs with this label (run --label)')
    .option(...DB_OPTION)
    .option('--json', 'as JSON')
    .action(act(async () => (await import('../commands/report.ts')).reportList));
  report
    .command('remove')
    .description('remove a run with all its rows')
    .requiredOption('--run-id <id>', 'which')
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report.ts')).reportRemove));
  report
    .command('copy')
    .description('copy runs from one database to another, as --db names them')
    .requiredOption('--from <file|url>', 'where they are')
    .requiredOption('--to <file|url>', 'where they go')
    .option('--run-id <id>', 'only this one')
    .option('--skip-existing', 'leave runs alone that are there already')
    .action(act(async () => (await import('../commands/report-copy.ts')).reportCopy));
  report
    .command('group')
    .description('a sweep or a search, with all its runs; the newest by default')
    .option('--group-id <id>', 'another one')
    .option('--latency <metric.statistic>', "of a sweep's curve (default as it was asked for)")
    .option(...DB_OPTION)
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout').choices(['text', 'json', 'csv']).default('text'),
    )
    .action(act(async () => (await import('../commands/report-group.ts')).reportGroup));
  showHelpAlone(report);
};
