import type { JsonObject, JsonValue } from '../../model/units.ts';
import { isObject } from './parameter.ts';

/** One value and where it goes in what a dialect calls `extra`: member names, outermost first. */
export interface Written {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

/** How an API spells one parameter. The last of several is the parameter itself, those before it go with it. */
export interface Spelling {
  /** As people read it: `thinkingConfig.thinkingBudget`. */
  readonly name: string;
  /** Undefined: this value cannot be said there. */
  readonly write: (value: JsonValue) => readonly Written[] | undefined;
}

/** The same value under another name. */
export function named(name: string): Spelling {
  const path = name.split('.');
  return { name, write: (value) => [{ path, value }] };
}

/** Another value under another name; undefined from `convert` is what cannot be said. */
export function spelt(name: string, convert: (value: JsonValue) => JsonValue | undefined): Spelling {
  const path = name.split('.');
  return {
    name,
    write: (value) => {
      const converted = convert(value);
      return converted === undefined ? undefined : [{ path, value: converted }];
    },
  };
}

/** Names that go together. */
export function together(
  name: string,
  write: (value: JsonValue) => Readonly<Record<string, JsonValue>> | undefined,
): Spelling {
  return {
    name,
    write: (value) => {
      const members = write(value);
      if (members === undefined) return undefined;
      return Object.entries(members).map(([path, inner]) => ({ path: path.split('.'), value: inner }));
    },
  };
}

/** A lone text is a list of one. */
export const toList = (value: JsonValue): JsonValue => [value].flat() as JsonValue;

/** `response_format` of OpenAI: its kind, and the schema of `json_schema`. */
interface Format {
  readonly type: JsonValue | undefined;
  readonly schema: JsonValue | undefined;
  readonly inner: JsonObject;
}

function formatOf(value: JsonValue): Format {
  const outer = isObject(value) ? value : {};
  const inner = isObject(outer['json_schema']) ? outer['json_schema'] : {};
  return { type: outer['type'], schema: inner['schema'], inner };
}

/** Only with a schema: the API has no plain JSON mode. */
export function toAnthropicFormat(value: JsonValue): JsonValue | undefined {
  const { type, schema } = formatOf(value);
  return type === 'json_schema' && schema !== undefined ? { type: 'json_schema', schema } : undefined;
}

export function toGeminiFormat(value: JsonValue): Readonly<Record<string, JsonValue>> | undefined {
  const { type, schema } = formatOf(value);
  if (type === 'text') return { responseMimeType: 'text/plain' };
  if (type === 'json_object') return { responseMimeType: 'application/json' };
  if (type !== 'json_schema' || schema === undefined) return undefined;
  return { responseJsonSchema: schema, responseMimeType: 'application/json' };
}

/** In Responses the schema's own members stand beside the type. */
export function toResponsesFormat(value: JsonValue): JsonValue | undefined {
  const { type, inner } = formatOf(value);
  if (type === 'text' || type === 'json_object') return { type };
  return type === 'json_schema' && inner['schema'] !== undefined ? { type, ...inner } : undefined;
}

export function toCohereFormat(value: JsonValue): JsonValue | undefined {
  const { type, schema } = formatOf(value);
  if (type === 'text' || type === 'json_object') return { type };
  return type === 'json_schema' && schema !== undefined ? { type: 'json_object', json_schema: schema } : undefined;
}

export function toOllamaFormat(value: JsonValue): JsonValue | undefined {
  const { type, schema } = formatOf(value);
  return type === 'json_object' ? 'json' : type === 'json_schema' ? schema : undefined;
}

export function toGrammar(value: JsonValue): JsonValue | undefined {
  const { type, schema } = formatOf(value);
  return type === 'json_schema' && schema !== undefined ? { type: 'json', value: schema } : undefined;
}

export function toJsonSchema(value: JsonValue): JsonValue | undefined {
  const { type, schema } = formatOf(value);
  return type === 'json_object' ? {} : type === 'json_schema' ? schema : undefined;
}

/** The function that a `tool_choice` names. */
export function functionOf(value: JsonValue): string | undefined {
  const outer = isObject(value) ? value : {};
  const inner = isObject(outer['function']) ? outer['function'] : outer;
  return typeof inner['name'] === 'string' ? inner['name'] : undefined;
}

export function toAnthropicChoice(value: JsonValue): JsonValue | undefined {
  const name = functionOf(value);
  if (name !== undefined) return { type: 'tool', name };
  const type = { none: 'none', auto: 'auto', required: 'any', any: 'any' }[String(value)];
  return type === undefined ? undefined : { type };
}

export function toGeminiChoice(value: JsonValue): JsonValue | undefined {
  const name = functionOf(value);
  if (name !== undefined) return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [name] } };
  const mode = { none: 'NONE', auto: 'AUTO', required: 'ANY', any: 'ANY', validated: 'VALIDATED' }[String(value)];
  return mode === undefined ? undefined : { functionCallingConfig: { mode } };
}

export function toBedrockChoice(value: JsonValue): JsonValue | undefined {
  const name = functionOf(value);
  if (name !== undefined) return { tool: { name } };
  const kind = { auto: 'auto', required: 'any', any: 'any' }[String(value)];
  return kind === undefined ? undefined : { [kind]: {} };
}

/** Cohere writes them large; without one the model decides. */
export function toCohereChoice(value: JsonValue): JsonValue | undefined {
  return { none: 'NONE', required: 'REQUIRED', any: 'REQUIRED' }[String(value).toLowerCase()];
}

export function toMistralChoice(value: JsonValue): JsonValue {
  return value === 'required' ? 'any' : value;
}

export function toResponsesChoice(value: JsonValue): JsonValue {
  const name = functionOf(value);
  return name === undefined ? value : { type: 'function', name };
}
