import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { PriceList } from '../price-query.ts';
import { parserWords, unreadableFile } from '../problems.ts';
import { createLitellmPrices, isLitellmPrices } from './litellm-prices.ts';
import { createModelsDevPrices, isModelsDevPrices } from './models-dev-prices.ts';

/**
 * A list that the user brought: models.dev's `api.json`, or LiteLLM's `model_prices_and_context_window.json`, told by its shape.
 * Its day is that of the file. Throws FILE_UNREADABLE or FILE_MALFORMED.
 */
export async function readPriceFile(file: string): Promise<PriceList> {
  let text: string;
  let changedOn: string;
  try {
    text = await readFile(file, 'utf8');
    changedOn = (await stat(file)).mtime.toISOString().slice(0, 10);
  } catch (error) {
    throw unreadableFile(file, error);
  }
  const content = parse(text, file);
  const about = { source: basename(file), asOf: changedOn };
  if (isLitellmPrices(content)) return createLitellmPrices(content, about);
  if (isModelsDevPrices(content)) return createModelsDevPrices(content, about);
  throw malformed(file, "it is neither models.dev's api.json nor LiteLLM's price map");
}

const objects = z.record(z.string(), z.looseObject({}));

function parse(text: string, file: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(file, `it is not JSON (${parserWords(error)})`);
  }
  const checked = objects.safeParse(value);
  if (!checked.success) throw malformed(file, 'it is not an object of objects');
  return checked.data;
}

function malformed(file: string, problem: string): AppError {
  return new AppError('FILE_MALFORMED', {
    file,
    line: 1,
    problem,
    hint: 'bring https://models.dev/api.json, or model_prices_and_context_window.json of BerriAI/litellm',
  });
}
