import type { JsonValue } from '../../model/units.ts';
import { type Draft, liveEntry } from './draft.ts';
import { isObject } from './parameter.ts';
import type { Condition } from './rule.ts';

/** Where the same may stand when the user wrote it in the API's own words. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  temperature: ['generationConfig.temperature', 'inferenceConfig.temperature', 'options.temperature'],
  max_tokens: ['maxOutputTokens', 'max_output_tokens', 'num_predict', 'max_new_tokens', 'n_predict', 'maxTokens'],
  thinking_budget: ['thinkingConfig.thinkingBudget', 'generationConfig.thinkingConfig.thinkingBudget'],
  reasoning_effort: ['reasoning.effort', 'output_config.effort', 'thinkingConfig.thinkingLevel'],
  response_format: ['output_config.format', 'responseMimeType', 'text.format', 'format'],
};

export function holds(condition: Condition, draft: Draft): boolean {
  const value = factOf(condition.name, draft);
  if ('is' in condition) return (condition.is === 'given') === (value !== undefined);
  if ('oneOf' in condition) return value !== undefined && condition.oneOf.includes(value);
  if ('noneOf' in condition) return value === undefined || !condition.noneOf.includes(value);
  return typeof value === 'number' && value < condition.below;
}

/** What is going to be sent under a name, or a path into an object; undefined: nothing. */
export function factOf(name: string, draft: Draft): JsonValue | undefined {
  const paths = [name, ...(ELSEWHERE[name] ?? [])];
  for (const path of paths) {
    const value = valueAt(path.split('.'), draft);
    if (value !== undefined && value !== null) return value;
  }
  return name === 'tools' && draft.promptsHaveTools ? true : undefined;
}

function valueAt([first = '', ...rest]: readonly string[], draft: Draft): JsonValue | undefined {
  let value: JsonValue | undefined = liveEntry(draft, first)?.value;
  for (const member of rest) value = isObject(value) ? value[member] : undefined;
  return value;
}
