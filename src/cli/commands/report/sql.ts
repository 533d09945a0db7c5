import { answerSql } from '../../../app/ask-sql.ts';
import { createStyle } from '../../../report/style.ts';
import { renderTable } from '../../../report/table.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { say, writeResult } from '../../output/streams.ts';

export interface SqlFlags {
  readonly run?: string;
  readonly format: 'table' | 'csv' | 'json';
  readonly db?: string;
}

/** `report sql "SELECT …"`. */
export const reportSql: Command<SqlFlags> = async (flags, context, [sql = '']) => {
  const style = createStyle(process.stdout);
  const note = await answerSql({
    db: flags.db ?? context.settings.db,
    sql,
    run: flags.run,
    format: flags.format,
    write: writeResult,
    layOut: ([head = [], ...rows]) => renderTable([head.map((text) => style.dim(text)), ...rows]).join('\n'),
  });
  if (note !== undefined) say(`note: ${note}`);
  return EXIT.ok;
};
