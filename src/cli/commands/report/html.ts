import { spawn } from 'node:child_process';
import { compare } from '../../../app/compare-runs.ts';
import { exportStored } from '../../../app/export/export-run.ts';
import { checkWritable } from '../../../app/export/output-file.ts';
import { writeComparison } from '../../../app/export/write-comparison.ts';
import { DEFAULT_MIN_EFFECT } from '../../../metrics/comparison.ts';
import type { CliContext, Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { say, writeResult } from '../../output/streams.ts';

export interface HtmlFlags {
  readonly output?: string;
  readonly open?: boolean;
  readonly db?: string;
}

/** `report html ID` and `report html A B`: one file that works without a network. */
export const reportHtml: Command<HtmlFlags> = async (flags, context, [a, b]) => {
  const file = flags.output ?? `${[a, b].filter((name) => name !== undefined).join('-') || 'report'}.html`;
  await checkWritable(file);
  if (a !== undefined && b !== undefined) await writePair({ a, b, file }, flags, context);
  else await writeOne(a, { file, flags, context });
  say(`wrote ${file}`);
  if (flags.open === true) await openInBrowser(file);
  return EXIT.ok;
};

async function writeOne(
  runId: string | undefined,
  { file, flags, context }: { readonly file: string; readonly flags: HtmlFlags; readonly context: CliContext },
): Promise<void> {
  await exportStored(context.createApp(context.settings.logLevel), {
    db: flags.db ?? context.settings.db,
    runId,
    targets: [{ file, format: 'html', table: undefined }],
    thresholds: [],
    stdout: writeResult,
  });
}

async function writePair(
  { a, b, file }: { readonly a: string; readonly b: string; readonly file: string },
  flags: HtmlFlags,
  context: CliContext,
): Promise<void> {
  const app = context.createApp(context.settings.logLevel);
  const input = { a, b, db: flags.db ?? context.settings.db };
  const comparison = await compare(app, { ...input, targets: undefined, minEffect: DEFAULT_MIN_EFFECT });
  await writeComparison(app, { comparison, input, files: [{ file, format: 'html' }] });
}

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** With whatever the system opens pages with; where there is nothing, the file's name has been said. */
function openInBrowser(file: string): Promise<void> {
  const [program = 'xdg-open', ...args] = OPENERS[process.platform] ?? [];
  return new Promise((resolve) => {
    const child = spawn(program, [...args, file], { stdio: 'ignore', detached: true });
    child.once('error', () => {
      say(`note: ${program} is not there to open it`);
      resolve();
    });
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
