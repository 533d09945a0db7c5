import { importFile } from '../../../app/import-run/import-run.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { readRunId } from '../../flags/values.ts';
import { say } from '../../output/streams.ts';

export interface ImportFlags {
  readonly runId?: string;
  readonly db?: string;
}

/** `report import FILE`: a result of ours or of another tool, as a stored run. */
export const reportImport: Command<ImportFlags> = async (flags, context, [file = '']) => {
  const imported = await importFile(context.createApp(context.settings.logLevel), {
    db: flags.db ?? context.settings.db,
    file,
    runId: flags.runId === undefined ? undefined : readRunId(flags.runId, '--run-id'),
  });
  for (const { id, tool } of imported) say(`imported ${id} from ${tool} → llm-bench report show ${id}`);
  return EXIT.ok;
};
