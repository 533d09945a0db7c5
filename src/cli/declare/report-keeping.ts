import { type Command, Option } from 'commander';
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
  report
    .command('sql')
    .description('ask a DuckDB file in SQL, reading only; tables are named in docs/analysis.md')
    .argument('<query>', 'SELECT …')
    .option('--run <run>', 'tables hold only this run: its id, or the name of a baseline')
    .addOption(
      new Option('--format <format>', 'how the answer is written').choices(['table', 'csv', 'json']).default('table'),
    )
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report/sql.ts')).reportSql));
  report
    .command('import')
    .description('take in a result: of llm-bench (.json, .jsonl), vllm bench serve, aiperf, guidellm')
    .argument('<file>', 'JSON, or JSON lines of ours')
    .option('--run-id <id>', 'what it is called here')
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report/import.ts')).reportImport));
}
