import type { Asker } from './asker.ts';
import type { Finding } from './finding.ts';
import { fieldsOf, firstCount, isFields, parse, readModelList, textOf } from './model-list.ts';
import type { ProbePlace } from './place.ts';
import { refusedBy } from './refusal.ts';

/** Asks for a page that only one kind of server has; undefined: it is another. */
export type Probe = (asker: Asker, place: ProbePlace) => Promise<Finding | undefined>;

const NOTHING_TOLD = {
  label: undefined,
  contextWindow: undefined,
  maxOutputTokens: undefined,
  inputUsd: undefined,
  outputUsd: undefined,
};

export const probeOllama: Probe = async (asker, { root }) => {
  const answer = await asker.ask(`${root}/api/version`);
  const version = answer.status === 200 ? textOf(fieldsOf(parse(answer.body))['version']) : undefined;
  if (version === undefined) return undefined;
  asker.note('a version, as Ollama tells it');
  const tags = await asker.ask(`${root}/api/tags`);
  const isOpen = tags.status === 200 && Array.isArray(fieldsOf(parse(tags.body))['models']);
  if (!isOpen && tags.status !== 401) return undefined;
  asker.note(`Ollama ${version}`);
  return {
    server: `Ollama ${version}`,
    speaks: [{ dialect: 'ollama', url: `${root}/api/chat` }],
    // A list of nothing has no shape.
    models: isOpen ? (readModelList(tags.body)?.models ?? []) : undefined,
    key: isOpen ? asker.keyState : asker.lackingKey,
  };
};

export const probeLlamacpp: Probe = async (asker, { root }) => {
  const answer = await asker.ask(`${root}/props`);
  const props = answer.status === 200 ? fieldsOf(parse(answer.body)) : {};
  if (!isFields(props['default_generation_settings'])) return undefined;
  asker.note('the properties of a llama.cpp server');
  const build = textOf(props['build_info']);
  const model = textOf(props['model_alias']) ?? textOf(props['model_path']);
  const contextWindow = firstCount(props['default_generation_settings']['n_ctx'], props['n_ctx']);
  return {
    server: build === undefined ? 'llama.cpp' : `llama.cpp ${build}`,
    speaks: [{ dialect: 'llamacpp', url: `${root}/completion` }],
    models:
      model === undefined ? undefined : [{ ...NOTHING_TOLD, id: model.split('/').at(-1) ?? model, contextWindow }],
    key: asker.keyState,
  };
};

export const probeTgi: Probe = async (asker, { root }) => {
  const answer = await asker.ask(`${root}/info`);
  const info = answer.status === 200 ? fieldsOf(parse(answer.body)) : {};
  const id = textOf(info['model_id']);
  if (id === undefined) return undefined;
  asker.note('what a text-generation-inference server says of itself');
  const version = textOf(info['version']);
  return {
    server: version === undefined ? 'TGI' : `TGI ${version}`,
    speaks: [{ dialect: 'tgi', url: `${root}/generate_stream` }],
    models: [{ ...NOTHING_TOLD, id, contextWindow: firstCount(info['max_total_tokens']) }],
    key: asker.keyState,
  };
};

/** Without a key it refuses by 403, with a wrong one by 400. */
export const probeGemini: Probe = async (asker, { root }) => {
  const answer = await asker.ask(`${root}/v1beta/models`, 'gemini');
  const list = answer.status === 200 ? readModelList(answer.body) : undefined;
  const isRefused = [400, 401, 403].includes(answer.status ?? 0) && refusedBy(answer.body) === 'gemini';
  if (list?.shape !== 'gemini' && !isRefused) return undefined;
  asker.note(isRefused ? 'a refusal as Gemini words it' : `a list of ${list?.models.length} models, as Gemini's is`);
  return {
    server: undefined,
    speaks: [{ dialect: 'gemini', url: `${root}/v1beta` }],
    models: list?.models,
    key: isRefused ? asker.lackingKey : asker.keyState,
  };
};

/** Its models can only be listed by a POST, and a measurement needs the path of one of them. */
export const probeTriton: Probe = async (asker, { root }) => {
  const answer = await asker.ask(`${root}/v2`);
  const server = answer.status === 200 ? fieldsOf(parse(answer.body)) : {};
  if (!Array.isArray(server['extensions'])) return undefined;
  asker.note('what a server of the KServe protocol says of itself');
  const name = [textOf(server['name']), textOf(server['version'])].filter((part) => part !== undefined).join(' ');
  return {
    server: name === '' ? undefined : name,
    speaks: [{ dialect: 'triton', url: root }],
    models: undefined,
    key: asker.keyState,
  };
};
