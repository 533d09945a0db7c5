import { listedModels, type SimulatorOptions } from './options.ts';
import { Refusal, refusalOfStatus } from './refusal.ts';
import type { HttpRequest } from './request-parser.ts';
import { anthropicMessages } from './shapes/anthropic-messages.ts';
import { cohere } from './shapes/cohere.ts';
import { gemini } from './shapes/gemini.ts';
import { carriesKey } from './shapes/keys.ts';
import { llamacpp } from './shapes/llamacpp.ts';
import { ollamaChat } from './shapes/ollama.ts';
import { openaiChat } from './shapes/openai-chat.ts';
import { openaiCompletions } from './shapes/openai-completions.ts';
import { openaiResponses } from './shapes/openai-responses.ts';
import type { Shape } from './shapes/shape.ts';
import { tgi } from './shapes/tgi.ts';
import { triton } from './shapes/triton.ts';
import { watsonxChat } from './shapes/watsonx-chat.ts';

/** What the simulator says of itself. */
export interface Description {
  readonly status: number;
  /** Text if it is not JSON. */
  readonly isJson: boolean;
  readonly body: string;
}

interface Page {
  readonly method: 'GET' | 'POST';
  readonly pattern: RegExp;
  /** The page exists if the simulator speaks the family, and that family's key opens it. */
  readonly shape: Shape;
  readonly isOpen: boolean;
  /** Only requests with this header mean this page. */
  readonly header: string | undefined;
  /** A text is sent as it is; `name` is what the pattern cut out. */
  readonly describe: (models: readonly string[], name: string) => unknown;
}

const CONTEXT_TOKENS = 131_072;
const NO_DATE = '2026-01-01T00:00:00Z';
const OPENAI_SHAPES = [openaiChat, openaiCompletions, openaiResponses];

/** The first that fits counts; of those that list models at `/v1/models`, Anthropic's is told by its header. */
const PAGES: readonly Page[] = [
  page('/v1/models', anthropicMessages, { header: 'anthropic-version', describe: listAnthropic }),
  page('/v1beta/models', gemini, { describe: (models) => ({ models: models.map(geminiModel) }) }),
  page('/v1beta/models/([^/:]+)', gemini, { describe: (models, name) => geminiModel(oneOf(models, name)) }),
  page('/api/tags', ollamaChat, { describe: (models) => ({ models: models.map(ollamaModel) }) }),
  page('/api/version', ollamaChat, { isOpen: true, describe: () => ({ version: '0.0.0-simulated' }) }),
  page('/', ollamaChat, { isOpen: true, describe: () => 'Ollama is running' }),
  page('/health', llamacpp, { isOpen: true, describe: () => ({ status: 'ok' }) }),
  page('/props', llamacpp, { describe: describeLlamacpp }),
  page('/info', tgi, { describe: describeTgi }),
  page('/health', tgi, { isOpen: true, describe: () => '' }),
  page('/v2', triton, { describe: describeTriton }),
  page('/v2/health/(?:ready|live)', triton, { isOpen: true, describe: () => '' }),
  page('/v2/models/([^/]+)(?:/versions/[^/]+)?', triton, {
    describe: (models, name) => tritonModel(oneOf(models, name)),
  }),
  page('/v2/models/([^/]+)(?:/versions/[^/]+)?/ready', triton, {
    describe: (models, name) => oneOf(models, name) && '',
  }),
  page('/v2/repository/index', triton, {
    method: 'POST',
    describe: (models) => models.map((name) => ({ name, version: '1', state: 'READY', reason: '' })),
  }),
  page('/ml/v1/foundation_model_specs', watsonxChat, {
    describe: (models) => ({ total_count: models.length, resources: models.map((name) => ({ model_id: name })) }),
  }),
  ...OPENAI_SHAPES.flatMap((shape) => [
    page('/health', shape, { isOpen: true, describe: () => '' }),
    page('(?:/[\\w.~-]+)*/models', shape, {
      describe: (models) => ({ object: 'list', data: models.map(openaiModel) }),
    }),
    page('(?:/[\\w.~-]+)*/models/(.+)', shape, { describe: (models, name) => openaiModel(oneOf(models, name)) }),
  ]),
  page('/v1/models', anthropicMessages, { describe: listAnthropic }),
  page('/v1/models', cohere, {
    describe: (models) => ({ models: models.map((name) => ({ name, endpoints: ['chat'] })) }),
  }),
];

/** The page of that path; undefined if there is none. */
export function describeSelf(request: HttpRequest, server: SimulatorOptions): Description | undefined {
  const { apiKey, speaks } = server;
  const models = listedModels(server);
  const [pathname = ''] = request.path.split('?');
  for (const { method, pattern, shape, isOpen, header, describe } of PAGES) {
    if (request.method !== method || !speaks.includes(shape.family)) continue;
    if (header !== undefined && !request.headers.has(header)) continue;
    const found = pattern.exec(pathname);
    if (found === null) continue;
    try {
      if (!isOpen && apiKey !== undefined && !carriesKey(request, apiKey, shape.keys)) throw refusalOfStatus(401);
      const page = describe(models, found[1] ?? '');
      const isJson = typeof page !== 'string';
      return { status: 200, isJson, body: isJson ? JSON.stringify(page) : page };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { body } = shape.formatError(error, { requestNumber: 0, retryAfterSeconds: 0 });
      return { status: error.status, isJson: true, body };
    }
  }
  return undefined;
}

function page(
  path: string,
  shape: Shape,
  { method = 'GET', isOpen = false, header, describe }: Pick<Page, 'describe'> & Partial<Page>,
): Page {
  return { method, pattern: new RegExp(`^${path}$`), shape, isOpen, header, describe };
}

/** That model, if there is one; throws Refusal (404). */
function oneOf(models: readonly string[], name: string): string {
  if (models.includes(name)) return name;
  throw refusalOfStatus(404);
}

function openaiModel(id: string): unknown {
  return { id, object: 'model', created: 0, owned_by: 'simulator' };
}

function listAnthropic(models: readonly string[]): unknown {
  const data = models.map((id) => ({ type: 'model', id, display_name: id, created_at: NO_DATE }));
  return { data, has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null };
}

function geminiModel(name: string): unknown {
  return {
    name: `models/${name}`,
    displayName: name,
    inputTokenLimit: CONTEXT_TOKENS,
    outputTokenLimit: CONTEXT_TOKENS,
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent'],
  };
}

function ollamaModel(name: string): unknown {
  const details = { format: 'gguf', family: 'simulated', parameter_size: '0B', quantization_level: 'F16' };
  return { name, model: name, modified_at: NO_DATE, size: 0, digest: '0'.repeat(64), details };
}

function describeLlamacpp([model]: readonly string[]): unknown {
  return {
    default_generation_settings: { id: 0, n_ctx: CONTEXT_TOKENS, is_processing: false, params: {} },
    total_slots: 1,
    model_path: `/models/${model}.gguf`,
    model_alias: model,
    chat_template: '',
    modalities: { vision: false, audio: false },
    build_info: 'simulated',
    is_sleeping: false,
  };
}

function describeTgi([model]: readonly string[]): unknown {
  return {
    model_id: model,
    model_sha: null,
    model_pipeline_tag: 'text-generation',
    max_concurrent_requests: 128,
    max_best_of: 1,
    max_stop_sequences: 4,
    max_input_tokens: CONTEXT_TOKENS - 1,
    max_total_tokens: CONTEXT_TOKENS,
    validation_workers: 1,
    max_client_batch_size: 4,
    router: 'text-generation-router',
    version: '0.0.0-simulated',
    sha: null,
    docker_label: null,
  };
}

function describeTriton(): unknown {
  return { name: 'triton', version: '0.0.0-simulated', extensions: ['model_repository', 'generate'] };
}

function tritonModel(name: string): unknown {
  return {
    name,
    versions: ['1'],
    platform: 'simulated',
    inputs: [{ name: 'text_input', datatype: 'BYTES', shape: [1] }],
    outputs: [{ name: 'text_output', datatype: 'BYTES', shape: [-1] }],
  };
}
