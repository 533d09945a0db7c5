// For the tables of parameters: who is asked, what for, and what comes of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParameterMode } from '../../src/model/parameters.ts';
import type { JsonObject } from '../../src/model/units.ts';
import { applyParameters } from '../../src/providers/apply-parameters.ts';

/** Sent: the body's parameters. Or the names of those that are refused, with their rule where one row needs it. */
export type Outcome = JsonObject | { readonly refused: string };

/** Where: `prefix dialect`, a dash for no prefix. */
export type ParameterRow = readonly [
  where: string,
  model: string,
  mode: ParameterMode,
  asked: JsonObject,
  outcome: Outcome,
];

export const no = (refused: string): Outcome => ({ refused });

/** One test a row. */
export function testRows(table: Readonly<Record<string, readonly ParameterRow[]>>): void {
  for (const [title, rows] of Object.entries(table)) {
    describe(title, () => {
      for (const [where, model, mode, asked, outcome] of rows) {
        test(`${where} ${model} ${mode} ${JSON.stringify(asked)}`, () => {
          const [prefix = '', dialect = ''] = where.split(' ');
          const applied = applyParameters({
            target: {
              prefix: prefix === '-' ? undefined : prefix,
              dialect,
              model,
              maxTokensName: undefined,
              capabilities: undefined,
            },
            requested: asked,
            skipParams: [],
            mode,
          });
          if (applied.kind === 'refused') {
            const names = applied.problems.map(({ parameter }) => parameter).join(' ');
            assert.deepEqual({ refused: names }, outcome);
            return;
          }
          const { temperature, maxTokens, maxTokensName, extra } = applied.parameters;
          const sent = {
            ...(temperature === undefined ? {} : { temperature }),
            ...(maxTokens === undefined ? {} : { [maxTokensName ?? usualName(dialect)]: maxTokens }),
            ...extra,
          };
          assert.deepEqual(sent, outcome);
        });
      }
    });
  }
}

/** As the encoder of each dialect has it. */
function usualName(dialect: string): string {
  const names: Readonly<Record<string, string>> = {
    'openai-responses': 'max_output_tokens',
    gemini: 'maxOutputTokens',
    ollama: 'num_predict',
    tgi: 'max_new_tokens',
    llamacpp: 'n_predict',
    'bedrock-converse': 'maxTokens',
  };
  return names[dialect] ?? 'max_tokens';
}
