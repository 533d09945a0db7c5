import { type Command, Option } from 'commander';
import { EXPORT_FORMATS, EXPORT_TABLES } from '../../app/export/format.ts';
import { ALIASES } from '../../metrics/alias.ts';
import { type Act, collect, DB_OPTION } from './declare.ts';

const FAIL_IF = [
  '--fail-if <condition>',
  "exit code 99 if it holds: 'ttft.p95 > 800ms', 'error_rate > 1%'; repeatable",
  collect,
] as const;

/** Commands that show or write one stored run. */
export function declareReportFiles(report: Command, act: Act): void {
  report
    .command('show')
    .description('all that is known of one run, with histograms; the newest by default')
    .argument('[run]', 'id of a run, or name of a baseline')
    .option('--provider <name>', 'only this provider')
    .addOption(new Option('--alias <tool>', 'the same events under its definitions').choices([...ALIASES]))
    .option(...FAIL_IF)
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report/show.ts')).reportShow));
  report
    .command('export')
    .description('write a run to files; the newest by default')
    .argument('[run]', 'id of a run, or name of a baseline')
    .option(
      '-o, --output <file>',
      'its extension says how: .json .jsonl .csv .parquet .md .xml (JUnit) .html; repeatable; - is stdout',
      collect,
    )
    .addOption(new Option('--format <format>', 'whatever the extension says').choices([...EXPORT_FORMATS]))
    .addOption(
      new Option('--table <name>', 'of CSV (default requests) and Parquet (default one file each)').choices([
        ...EXPORT_TABLES,
      ]),
    )
    .option(...FAIL_IF)
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report/export.ts')).reportExport));
  report
    .command('html')
    .description('one run, or two side by side, as a page that needs no network; the newest by default')
    .argument('[A]', 'id of a run, name of a baseline, or with B a file')
    .argument('[B]', 'what A is compared with')
    .option('-o, --output <file>', 'where it goes (default named after the run)')
    .option('--open', 'show it in the browser')
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/report/html.ts')).reportHtml));
}
