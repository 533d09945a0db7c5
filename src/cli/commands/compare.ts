import { compare as compareStored } from '../../app/compare-runs.ts';
import { formatOfFile } from '../../app/export/format.ts';
import { checkWritable } from '../../app/export/output-file.ts';
import { writeComparison } from '../../app/export/write-comparison.ts';
import { toComparisonDocument } from '../../contract/comparison-document.ts';
import { AppError } from '../../errors.ts';
import { DEFAULT_MIN_EFFECT } from '../../metrics/comparison.ts';
import type { RunComparison } from '../../metrics/run-comparison.ts';
import { renderComparison } from '../../report/comparison.ts';
import { createStyle } from '../../report/style.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { columnsOf, say, writeResult } from '../output/streams.ts';

export interface CompareFlags {
  readonly target?: readonly string[];
  readonly minEffect?: string;
  readonly allow?: boolean;
  readonly json?: boolean;
  readonly db?: string;
  readonly export?: readonly string[];
}

/** `llm-bench compare A B`: what changed between two runs, and how sure that is. */
export const compare: Command<CompareFlags> = async (flags, context, [a = '', second]) => {
  const targets = readTargets(flags.target, second);
  const b = second ?? a;
  const minEffect = flags.minEffect === undefined ? DEFAULT_MIN_EFFECT : readMinEffect(flags.minEffect);
  const files = (flags.export ?? []).map((file) => ({ file, format: formatOfFile(file, '--export', 'compare') }));
  for (const { file } of files) await checkWritable(file);
  const app = context.createApp(context.settings.logLevel);
  const input = { a, b, targets, db: flags.db ?? context.settings.db, minEffect };
  const comparison = await compareStored(app, input);
  if (!comparison.isLikeForLike && flags.allow !== true) throw notLikeForLike(comparison, { a, b });
  await writeResult(
    flags.json === true
      ? JSON.stringify(toComparisonDocument(comparison), undefined, 2)
      : renderComparison({ comparison, style: createStyle(process.stdout), columns: columnsOf(process.stdout) }),
  );
  await writeComparison(app, { comparison, input, files });
  for (const { file } of files) say(`wrote ${file}`);
  return comparison.verdict === 'regressed' ? EXIT.failedCheck : EXIT.ok;
};

function notLikeForLike(comparison: RunComparison, names: { readonly a: string; readonly b: string }): AppError {
  const all = [...comparison.differences, ...comparison.targets.flatMap((target) => target.differences)];
  const conditions = all.filter(({ kind }) => kind === 'condition');
  const problem = [...new Set(conditions.map(({ what, a, b }) => `${what} ${a} → ${b}`))].join(', ');
  return new AppError('NOT_LIKE_FOR_LIKE', { a: names.a, b: names.b, problem });
}

function readTargets(
  names: readonly string[] | undefined,
  b: string | undefined,
): readonly [string, string] | undefined {
  const [first, second = first] = names ?? [];
  if ((names?.length ?? 0) > 2)
    throw invalidTarget('it is given more than twice; one of A and one of B can be compared');
  if (first === undefined || second === undefined) {
    if (b === undefined)
      throw invalidTarget('name two runs, or two targets of one: --target here/model --target there/model');
    return undefined;
  }
  if (b === undefined && first === second) throw invalidTarget('name two different targets of the run');
  return [first, second];
}

function invalidTarget(problem: string): AppError {
  return new AppError('FLAG_INVALID', { flag: '--target', problem, command: 'compare' });
}

/** `5%`. Without its sign nobody knows whether 0.05 or 5 was meant, so it is asked for. */
function readMinEffect(text: string): number {
  const percent = Number(/^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)?.[1]);
  if (percent > 0 && percent <= 100) return percent / 100;
  const problem = `"${text}" is not a percentage above 0 and up to 100; write 5%`;
  throw new AppError('FLAG_INVALID', { flag: '--min-effect', problem, command: 'compare' });
}
