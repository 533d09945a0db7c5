import { describeParameters } from '../../app/describe-parameters.ts';
import { toParametersDocument } from '../../contract/parameters-document.ts';
import type { ParameterDescription } from '../../model/parameter-check.ts';
import { renderParameters } from '../../report/parameters.ts';
import { createStyle } from '../../report/style.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { surroundingsOf } from '../flags/surroundings.ts';
import { readTargetOptions, type TargetFlags } from '../flags/target-flags.ts';
import { columnsOf, writeResult } from '../output/streams.ts';

export interface ParamsFlags extends TargetFlags {
  readonly json?: boolean;
}

/** `llm-bench params`: what would be sent; with no parameter, what there is to send. Exit code 2 where a strict run would refuse. */
export const params: Command<ParamsFlags> = async (flags, context, names) => {
  const options = readTargetOptions(flags, names);
  const descriptions = await describeParameters(options, surroundingsOf(context, { isRehearsal: true }));
  const withSupport = Object.keys(options.parameters).length === 0;
  await writeResult(
    flags.json === true
      ? JSON.stringify(toParametersDocument(descriptions), undefined, 2)
      : toText(descriptions, withSupport),
  );
  return descriptions.some(({ outcome }) => outcome.kind === 'refused') ? EXIT.usage : EXIT.ok;
};

function toText(descriptions: readonly ParameterDescription[], withSupport: boolean): string {
  const style = createStyle(process.stdout);
  const columns = columnsOf(process.stdout);
  return descriptions
    .map((description) => renderParameters({ description, withSupport, style, columns }))
    .join('\n\n\n');
}
