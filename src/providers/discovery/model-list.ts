/** One model that an endpoint offers, as far as it says. */
export interface DiscoveredModel {
  readonly id: string;
  readonly label: string | undefined;
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
  /** US dollars per million tokens, where the list has prices. */
  readonly inputUsd: number | undefined;
  readonly outputUsd: number | undefined;
}

/** Whose shape a list of models has. */
export type ListShape = 'openai' | 'anthropic' | 'gemini' | 'cohere' | 'ollama';

export interface ModelList {
  readonly shape: ListShape;
  readonly models: readonly DiscoveredModel[];
  /** Who owns the first model, in the server's words: servers at home put their own name there. */
  readonly owner: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a list of models of any shape; undefined for what is none. */
export function readModelList(body: string): ModelList | undefined {
  const value = parse(body);
  // Some have the list without anything around it.
  const data = Array.isArray(value) ? value : isFields(value) ? value['data'] : undefined;
  if (Array.isArray(data)) return readData(data.filter(isFields), isFields(value) ? value : {});
  const models = isFields(value) ? value['models'] : undefined;
  return Array.isArray(models) ? readNamed(models.filter(isFields)) : undefined;
}

/** `{data: [{id}]}` of OpenAI and Anthropic. */
function readData(data: readonly Fields[], list: Fields): ModelList | undefined {
  const models = data.filter(({ id }) => typeof id === 'string');
  // An empty list is one too, if it says so.
  if (models.length === 0 && list['object'] !== 'list' && list['has_more'] === undefined) return undefined;
  const isAnthropic =
    list['has_more'] !== undefined && (models[0]?.['type'] ?? 'model') === 'model' && !('object' in list);
  return {
    shape: isAnthropic ? 'anthropic' : 'openai',
    models: models.map(openaiModel),
    owner: textOf(models[0]?.['owned_by']),
  };
}

/** Each server has a name of its own for the same two limits. */
function openaiModel(model: Fields): DiscoveredModel {
  const meta = fieldsOf(model['meta']);
  const top = fieldsOf(model['top_provider']);
  const pricing = fieldsOf(model['pricing']);
  return {
    id: String(model['id']),
    label: textOf(model['display_name'] ?? model['name']),
    contextWindow: firstCount(
      model['max_model_len'],
      model['context_window'],
      model['context_length'],
      model['max_context_length'],
      meta['n_ctx'],
      meta['n_ctx_train'],
      top['context_length'],
    ),
    maxOutputTokens: firstCount(
      model['max_completion_tokens'],
      model['max_output_tokens'],
      top['max_completion_tokens'],
    ),
    inputUsd: perMillion(pricing['prompt']),
    outputUsd: perMillion(pricing['completion']),
  };
}

/** `{models: [{name}]}` of Gemini, Cohere and Ollama. */
function readNamed(models: readonly Fields[]): ModelList | undefined {
  const named = models.filter(({ name }) => typeof name === 'string');
  const shape = shapeOfNamed(named);
  if (shape === undefined) return undefined;
  return { shape, models: named.filter(canChat).map((model) => namedModel(model, shape)), owner: undefined };
}

function shapeOfNamed(models: readonly Fields[]): ListShape | undefined {
  const [first] = models;
  if (first === undefined) return undefined;
  if (String(first['name']).startsWith('models/')) return 'gemini';
  if ('endpoints' in first || 'context_length' in first) return 'cohere';
  return 'details' in first || 'digest' in first || 'model' in first ? 'ollama' : undefined;
}

/** Lists have models for other purposes too. */
function canChat(model: Fields): boolean {
  const methods = model['supportedGenerationMethods'];
  if (Array.isArray(methods)) return methods.includes('generateContent');
  const endpoints = model['endpoints'];
  return !Array.isArray(endpoints) || endpoints.includes('chat');
}

function namedModel(model: Fields, shape: ListShape): DiscoveredModel {
  const name = String(model['name']);
  return {
    id: shape === 'gemini' ? name.slice('models/'.length) : name,
    label: textOf(model['displayName']),
    contextWindow: firstCount(model['inputTokenLimit'], model['context_length']),
    maxOutputTokens: firstCount(model['outputTokenLimit']),
    inputUsd: undefined,
    outputUsd: undefined,
  };
}

export function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // A page for people, or nothing.
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function firstCount(...values: readonly unknown[]): number | undefined {
  return values.find((value): value is number => Number.isInteger(value) && Number(value) > 0);
}

/** Dollars a token, as a text. */
function perMillion(price: unknown): number | undefined {
  const value = typeof price === 'string' && price.trim() !== '' ? Number(price) : Number.NaN;
  // Of binary fractions only the noise is lost.
  return Number.isFinite(value) && value >= 0 ? Number((value * 1e6).toPrecision(12)) : undefined;
}
