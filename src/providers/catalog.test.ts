import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProvider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { openCatalog } from './catalog.ts';
import { resolve } from './resolve.ts';

const { rows, byPrefix } = openCatalog();

/** The closed list, by family, with the numbers that were counted when it was drawn up. */
const FAMILIES: Readonly<Record<string, readonly [number, string]>> = {
  oai: [
    82,
    `openai groq mistral codestral deepseek xai together_ai fireworks_ai openrouter perplexity cerebras deepinfra sambanova
    nvidia_nim meta_llama meta moonshot dashscope qwencloud qwen_ai_platform volcengine zai minimax tencent modelscope
    xiaomi_mimo novita nebius nscale featherless_ai friendliai hyperbolic lambda_ai baseten ai21 ai21_chat anyscale empower
    galadriel github v0 morph wandb aiml cometapi clarifai compactifai gradient_ai ovhcloud vercel_ai_gateway amazon_nova
    bedrock_mantle inception cognition huggingface publicai helicone veniceai scaleway synthetic apertis nano-gpt poe chutes
    abliteration llamagate gmi sarvam assemblyai charity_engine aihubmix crusoe salad_cloud parasail neosantara tensormesh
    libertai empiriolabs pinstripes darkbloom scx-ai monet`,
  ],
  'oai-local': [
    13,
    `hosted_vllm lm_studio llamafile lemonade docker_model_runner xinference oobabooga litellm_proxy custom_openai openai_like
    custom aiohttp_openai ragflow`,
  ],
  'oai+': [
    13,
    'azure azure_ai gdc databricks snowflake datarobot heroku github_copilot chatgpt gigachat sap cloudflare maritalk',
  ],
  'oai-text': [4, 'text-completion-openai text-completion-codestral text-completion-inception azure_text'],
  anthropic: [2, 'anthropic anthropic_text'],
  gemini: [1, 'gemini'],
  vertex: [2, 'vertex_ai vertex_ai_beta'],
  bedrock: [1, 'bedrock'],
  sagemaker: [3, 'sagemaker_chat sagemaker sagemaker_nova'],
  cohere: [2, 'cohere cohere_chat'],
  ollama: [2, 'ollama ollama_chat'],
  watsonx: [2, 'watsonx watsonx_text'],
  tgi: [1, 'predibase'],
  replicate: [1, 'replicate'],
  triton: [1, 'triton'],
  oci: [1, 'oci'],
  other: [4, 'nlp_cloud petals bytez aleph_alpha'],
};

/** Known, but not to be measured. */
const UNSUPPORTED = ['aleph_alpha', 'anthropic_text', 'bytez', 'nlp_cloud', 'oci', 'petals'];

test('the catalog has the 135 prefixes of the list, each in its family, and no other', () => {
  let count = 0;
  for (const [family, [size, words]] of Object.entries(FAMILIES)) {
    const prefixes = words.split(/\s+/);
    assert.equal(prefixes.length, size, family);
    for (const prefix of prefixes) assert.equal(byPrefix.get(prefix)?.family, family, prefix);
    count += size;
  }
  assert.equal(count, 135);
  assert.equal(byPrefix.size, 135);
  assert.equal(rows.flatMap(({ prefixes }) => prefixes).length, 135);
});

/** Everything that any row may ask for. */
const options = (prefix: string): Parameters<typeof resolve>[1] => ({
  environment: () => undefined,
  project: 'p',
  region: 'eu-west-1',
  apiVersion: 'v',
  ...(byPrefix.get(prefix)?.baseUrl === undefined ? { apiBase: 'https://endpoint.example/v1' } : {}),
});

/** Variables that are no option. */
const environment = (name: string): string | undefined =>
  /ACCOUNT_ID|TENANT_ID|SPACE_ID/.test(name) ? 'mine' : undefined;

test('112 prefixes speak the OpenAI shape and lead to a URL as data alone', () => {
  const families = ['oai', 'oai-local', 'oai+', 'oai-text'];
  const prefixes = families.flatMap((family) => (FAMILIES[family]?.[1] ?? '').split(/\s+/));
  assert.equal(prefixes.length, 112);
  for (const prefix of prefixes) {
    const resolution = resolve(`${prefix}/some-model`, { ...options(prefix), environment });
    assert.equal(resolution.kind, 'resolved', `${prefix}: ${JSON.stringify(resolution)}`);
    assert.match(resolution.dialect, /^openai-(?:chat|completions|responses)$/, prefix);
    assert.match(resolution.url, /^https?:\/\/[^/{}]+[^{}?]*[^/{}?]$/, prefix);
  }
});

test('every other prefix leads to a URL of its dialect, or names the way around', () => {
  const unsupported: string[] = [];
  for (const prefix of byPrefix.keys()) {
    const resolution = resolve(`${prefix}/some-model`, { ...options(prefix), environment });
    if (resolution.kind === 'unsupported') {
      unsupported.push(prefix);
      assert.ok(resolution.reason.length > 10 && resolution.wayAround.length > 10, prefix);
      continue;
    }
    assert.equal(resolution.kind, 'resolved', prefix);
    assert.equal(resolution.prefix, prefix);
    assert.ok(resolution.auth.length > 0, prefix);
    assert.ok(URL.canParse(resolution.url) && !/[{}]/.test(`${resolution.url}${resolution.query}`), prefix);
  }
  assert.deepEqual(unsupported.sort(), UNSUPPORTED);
});

test('what was not looked up says so, and has no URL that nobody read', () => {
  const unverified = rows.filter(({ verified }) => verified === false).flatMap(({ prefixes }) => prefixes);
  assert.deepEqual(unverified.sort(), [
    'bytez',
    'cometapi',
    'darkbloom',
    'libertai',
    'maritalk',
    'monet',
    'nlp_cloud',
    'sap',
  ]);
  for (const prefix of ['monet', 'sap', 'bytez', 'nlp_cloud'])
    assert.equal(byPrefix.get(prefix)?.baseUrl, undefined, prefix);
  for (const { prefixes, source } of rows) assert.ok(source !== undefined, prefixes.join());
});

test('ids of prices are those of the package', () => {
  for (const { prefixes, genaiPricesId } of rows) {
    if (genaiPricesId === undefined) continue;
    assert.equal(findProvider({ providerId: genaiPricesId })?.id, genaiPricesId, prefixes.join());
  }
});

test('placeholders of a row have a source, and routes fill theirs', () => {
  const derived = ['model', 'locationPrefix', 'awsDomain'];
  for (const row of rows) {
    for (const way of [row, ...row.routes]) {
      const groups = 'models' in way ? [...(way.models ?? '').matchAll(/\(\?<(\w+)>/g)].map(([, name]) => name) : [];
      const templates = [
        way.baseUrl,
        way.path,
        way.model,
        way.baseModel,
        ...[way.query, way.headers, way.body].flatMap((texts) => Object.values(texts ?? {})),
      ];
      for (const [, name = ''] of templates.flatMap((text) => [...(text ?? '').matchAll(/\{(\w+)\??\}/g)])) {
        const isKnown = derived.includes(name) || groups.includes(name) || row.placeholders[name] !== undefined;
        assert.ok(isKnown, `${row.prefixes[0]}: {${name}}`);
      }
    }
  }
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.stringMatching(/^[a-z0-9:./@{}$?#%_-]{0,60}$/),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const anyModel = fc.oneof(
  anyText,
  fc.tuple(fc.constantFrom(...byPrefix.keys()), anyText).map(([prefix, text]) => `${prefix}/${text}`),
  fc
    .tuple(fc.constantFrom('bedrock/converse/', 'azure/responses/', 'ragflow/chat/', 'arn:aws:bedrock:'), anyText)
    .map((parts) => parts.join('')),
);
const anyOption = fc.option(anyText, { nil: undefined });

test('whatever the strings are, it does not throw, asks for no key, and what it resolves is a URL', () => {
  const keyVariables = new Set(
    rows.flatMap((row) => [...(row.keyVariables ?? []), ...(row.otherAuth ?? []).flatMap((way) => way.keyVariables)]),
  );
  fc.assert(
    fc.property(
      anyModel,
      fc.record({
        apiBase: fc.oneof(anyOption, fc.webUrl({ withQueryParameters: true })),
        region: anyOption,
        project: anyOption,
        apiVersion: anyOption,
      }),
      anyOption,
      (text, given, value) => {
        const read = (name: string): string | undefined => {
          assert.ok(!keyVariables.has(name), name);
          return value;
        };
        const resolution = resolve(text, { ...given, environment: read });
        if (resolution.kind === 'resolved') {
          const { origin, protocol, username } = new URL(resolution.url);
          assert.ok(resolution.url.startsWith(origin) && /^https?:$/.test(protocol) && username === '');
          assert.ok(resolution.model !== '');
          assert.match(resolution.query, /^(?:\?.+)?$/s);
        }
        if (resolution.kind === 'incomplete') assert.ok(resolution.missing.length > 0);
        if (resolution.kind === 'unknown') assert.ok(resolution.suggestions.length <= 3);
      },
    ),
    { seed: 20261121, numRuns: 3_000 },
  );
});
