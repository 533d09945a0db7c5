import type { Answer, Asker } from './asker.ts';
import type { Finding, Speaks } from './finding.ts';
import { type DiscoveredModel, type ListShape, type ModelList, readModelList } from './model-list.ts';
import { type Probe, probeLlamacpp, probeOllama, probeTgi } from './own-pages.ts';
import type { ProbePlace } from './place.ts';
import { refusedBy } from './refusal.ts';

/** The page that nearly all have. Whose it is shows in its shape, or in that of a refusal. */
export const probeModels: Probe = async (asker, place) => {
  for (const base of place.openaiBases) {
    const answer = await asker.ask(`${base}/models`);
    const finding = isRefusal(answer)
      ? await refusedList(asker, base, answer)
      : await openList(asker, { place, base }, answer);
    if (finding !== undefined) return finding;
  }
  return undefined;
};

/** The same, of a server that is known to be Anthropic's or like it. */
export const probeAnthropic: Probe = async (asker, { openaiBases: [base = ''] }) => {
  const answer = await asker.ask(`${base}/models`, 'anthropic');
  if (isRefusal(answer) && refusedBy(answer.body) === 'anthropic') return anthropicFinding(asker, base, undefined);
  const list = readList(answer);
  return list?.shape === 'anthropic' ? anthropicFinding(asker, base, list) : undefined;
};

function isRefusal({ status }: Answer): boolean {
  return status === 401 || status === 403;
}

function readList({ status, body }: Answer): ModelList | undefined {
  return status === 200 ? readModelList(body) : undefined;
}

async function refusedList(asker: Asker, base: string, { body }: Answer): Promise<Finding | undefined> {
  const family = refusedBy(body);
  if (family === 'anthropic') {
    asker.note('a refusal as Anthropic words it');
    if (asker.lackingKey === 'needed') return anthropicFinding(asker, base, undefined);
    return anthropicFinding(asker, base, readList(await asker.ask(`${base}/models`, 'anthropic')));
  }
  // Gemini has a page of its own, and what is no JSON may be anything.
  if (family !== 'openai') return undefined;
  asker.note('a list of models that wants a key');
  const speaks = [{ dialect: 'openai-chat', url: base }];
  return { server: undefined, speaks, models: undefined, key: asker.lackingKey };
}

function anthropicFinding(asker: Asker, base: string, list: ModelList | undefined): Finding {
  if (list === undefined) asker.note('a refusal as Anthropic words it');
  else asker.note(`a list of ${list.models.length} models, as Anthropic's is`);
  return {
    server: undefined,
    speaks: [{ dialect: 'anthropic-messages', url: `${base}/messages` }],
    models: list?.models,
    key: list === undefined ? asker.lackingKey : asker.keyState,
  };
}

interface ListPlace {
  readonly place: ProbePlace;
  readonly base: string;
}

async function openList(asker: Asker, { place, base }: ListPlace, answer: Answer): Promise<Finding | undefined> {
  const list = readList(answer);
  if (list === undefined) return undefined;
  asker.note(`a list of ${list.models.length} models, as ${SHAPE_NAMES[list.shape]}'s is`);
  const { models, shape } = list;
  const common = { server: undefined, models, key: asker.keyState };
  const speaks = ownSpeaks(shape, { place, base });
  if (speaks !== undefined) return { ...common, speaks: [speaks] };
  const openai: Speaks = { dialect: 'openai-chat', url: base };
  const server = OWNERS[list.owner ?? ''];
  if (server !== undefined) {
    return { ...common, server, speaks: [openai, { dialect: 'openai-completions', url: `${base}/completions` }] };
  }
  const own = await ownPage(asker, place);
  if (own === undefined) return { ...common, speaks: [openai] };
  return { ...own, speaks: ordered(openai, own.speaks), models: richer(models, own.models ?? []) };
}

/** Of the shapes that tell the family by themselves. */
function ownSpeaks(shape: ListShape, { place, base }: ListPlace): Speaks | undefined {
  if (shape === 'anthropic') return { dialect: 'anthropic-messages', url: `${base}/messages` };
  if (shape === 'gemini') return { dialect: 'gemini', url: base };
  if (shape === 'cohere') return { dialect: 'cohere', url: `${place.root}/v2/chat` };
  return undefined;
}

const SHAPE_NAMES = { openai: 'OpenAI', anthropic: 'Anthropic', gemini: 'Gemini', cohere: 'Cohere', ollama: 'Ollama' };

/** What servers put down as the owner of their models. */
const OWNERS: Readonly<Record<string, string>> = { vllm: 'vLLM', sglang: 'SGLang' };

/** Servers at home speak as OpenAI does, and in a way of their own besides. */
async function ownPage(asker: Asker, place: ProbePlace): Promise<Finding | undefined> {
  for (const probe of [probeOllama, probeLlamacpp, probeTgi]) {
    const finding = await probe(asker, place);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

/** Ollama's own way tells more (its timings); the others' own ways take bare texts, without the model's chat template. */
function ordered(openai: Speaks, own: readonly Speaks[]): readonly Speaks[] {
  return own[0]?.dialect === 'ollama' ? [...own, openai] : [openai, ...own];
}

/** The names of the list, with what the server's own page says of them: there is only one, or one of that name. */
function richer(models: readonly DiscoveredModel[], own: readonly DiscoveredModel[]): readonly DiscoveredModel[] {
  return models.map((model) => {
    const same = models.length === 1 && own.length === 1 ? own[0] : own.find(({ id }) => id === model.id);
    return { ...model, contextWindow: same?.contextWindow ?? model.contextWindow };
  });
}
