import { z } from 'zod';
import { inlineTargetSchema } from '../../providers/entry-schema.ts';
import { type SettingKey, TARGETS_KEY } from './setting-key.ts';

/** Values of a file that are written as numbers, though flags are texts. */
const NUMBERS: ReadonlySet<string> = new Set(['n', 'number', 'usd', 'seconds', 'percent']);
/** Lists of pairs that are written as a table. */
const PAIRS: ReadonlySet<string> = new Set(['key=value', 'name: value', 'limits']);

const one = z.union([z.string(), z.number()], { error: 'must be a text or a number' });

/** The one schema of plan files, project files and user files, made from the declarations of the flags. */
export function settingsSchema(keys: readonly SettingKey[]): z.ZodObject {
  const shape = Object.fromEntries(
    keys.map((key) => [key.key, valueSchema(key).optional().describe(`${key.flag}: ${key.description}`)]),
  );
  const targets = z
    .array(
      z.union([z.string(), inlineTargetSchema], {
        error: 'must be the name of a model, or a table with name and model',
      }),
      {
        error: 'must be a list',
      },
    )
    .optional()
    .describe(
      'Models as openai/gpt-4o-mini, names of configured providers, or providers in full, as in providers.toml.',
    );
  return z.strictObject({ [TARGETS_KEY]: targets, ...shape }, { error: 'must be a table of settings' });
}

function valueSchema({ kind, choices, placeholder }: SettingKey): z.ZodType {
  if (kind === 'switch') return z.boolean({ error: 'must be true or false' });
  if (choices !== undefined) return z.enum([...choices], { error: `must be one of ${choices.join(', ')}` });
  const single = NUMBERS.has(placeholder) ? z.union([z.number(), z.string()], { error: 'must be a number' }) : one;
  if (kind === 'text') return single;
  const list = z.array(single, { error: 'must be a text or a list of texts' });
  if (!PAIRS.has(placeholder)) return z.union([single, list], { error: 'must be a text or a list of texts' });
  return z.union([single, list, z.record(z.string(), z.json())], {
    error: 'must be a table, a text or a list of texts',
  });
}

/** For editors: JSON Schema, draft 2020-12, as a text that ends with a newline. */
export function settingsJsonSchema(keys: readonly SettingKey[], id: string): string {
  const schema = z.toJSONSchema(settingsSchema(keys), { io: 'input', unrepresentable: 'any' });
  const named = { $schema: schema.$schema, $id: id, title: 'A plan of llm-bench', ...schema };
  return `${JSON.stringify(named, undefined, 2)}\n`;
}
