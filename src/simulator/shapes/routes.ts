import { anthropicMessages, vertexAnthropic } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { bedrockInvoke } from './bedrock-invoke.ts';
import { cohere } from './cohere.ts';
import type { Family } from './family.ts';
import { gemini, geminiList } from './gemini.ts';
import { llamacpp } from './llamacpp.ts';
import { ollamaChat, ollamaGenerate } from './ollama.ts';
import { azureChat, openaiChat, openaiChatByPath } from './openai-chat.ts';
import { azureCompletions, openaiCompletions } from './openai-completions.ts';
import { openaiResponses } from './openai-responses.ts';
import { replicate } from './replicate.ts';
import { sagemaker } from './sagemaker.ts';
import type { Shape } from './shape.ts';
import { tgi } from './tgi.ts';
import { triton } from './triton.ts';
import { watsonxChat } from './watsonx-chat.ts';
import { watsonxGeneration } from './watsonx-generation.ts';

/** Where a shape is asked, and what the path said besides. */
export interface Route {
  readonly shape: Shape;
  readonly params: readonly string[];
}

const VERTEX = `/v1(?:beta1)?/projects/[^/]+/locations/[^/]+/publishers`;
/** A base path in front of OpenAI's is the provider's own affair. */
const ANY_BASE = String.raw`(?:/[\w.~-]+)*`;

/** Paths of POST requests; the first that fits counts. */
const ROUTES: readonly (readonly [RegExp, Shape])[] = (
  [
    ['/openai/deployments/([^/]+)/chat/completions', azureChat],
    ['/openai/deployments/([^/]+)/completions', azureCompletions],
    ['/serving-endpoints/([^/]+)/invocations', openaiChatByPath],
    [`${ANY_BASE}/chat/completions`, openaiChat],
    [`${ANY_BASE}/completions`, openaiCompletions],
    [`${ANY_BASE}/responses`, openaiResponses],
    [`${ANY_BASE}/messages`, anthropicMessages],
    [`${VERTEX}/anthropic/models/([^/:]+):((?:streamR|r)awPredict)`, vertexAnthropic],
    ['/v1(?:beta|alpha)?/models/([^/:]+):((?:streamG|g)enerateContent)', gemini],
    [`${VERTEX}/google/models/([^/:]+):((?:streamG|g)enerateContent)`, gemini],
    ['/api/chat', ollamaChat],
    ['/api/generate', ollamaGenerate],
    ['/v2/chat', cohere],
    ['/(generate_stream|generate)', tgi],
    ['/()', tgi],
    ['/completion', llamacpp],
    ['/model/([^/]+)/(converse(?:-stream)?)', bedrockConverse],
    ['/model/([^/]+)/(invoke(?:-with-response-stream)?)', bedrockInvoke],
    ['/endpoints/([^/]+)/(invocations(?:-response-stream)?)', sagemaker],
    ['/v2/models/([^/]+)(?:/versions/([^/]+))?/(generate(?:_stream)?)', triton],
    ['/ml/v1(?:/deployments/([^/]+))?/text/(chat(?:_stream)?)', watsonxChat],
    ['/ml/v1(?:/deployments/([^/]+))?/text/(generation(?:_stream)?)', watsonxGeneration],
    ['/v1/(?:models|deployments)/([^/]+/[^/]+)/predictions', replicate],
    ['/v1/predictions', replicate],
  ] as const
).map(([path, shape]) => [new RegExp(`^${path}$`), shape]);

/** The shape that answers a POST to this path; undefined if none of these families does. */
export function findRoute(path: string, families: readonly Family[]): Route | undefined {
  const [pathname = '', query] = path.split('?');
  for (const [pattern, shape] of ROUTES) {
    if (!families.includes(shape.family)) continue;
    const found = pattern.exec(pathname);
    if (found === null) continue;
    const params = found.slice(1).map((part) => decodePart(part ?? ''));
    const isList = params[1] === 'streamGenerateContent' && new URLSearchParams(query).get('alt') !== 'sse';
    return { shape: isList ? geminiList : shape, params };
  }
  return undefined;
}

/** Percent-decoded, or as it stands if that is impossible. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
