import type { DialectId } from '../model/target.ts';

/** Ends of paths that only one family has. The first that fits counts. */
const PATHS: readonly (readonly [RegExp, DialectId])[] = [
  [/\/chat\/completions$/, 'openai-chat'],
  [/\/completions$/, 'openai-completions'],
  [/\/responses$/, 'openai-responses'],
  [/\/messages$|:(streamR|r)awPredict$/, 'anthropic-messages'],
  [/:(streamG|g)enerateContent$|\/v1(beta|alpha)$/, 'gemini'],
  [/\/ml\/v1(\/deployments\/[^/]+)?(\/text\/(chat|generation)(_stream)?)?$/, 'watsonx'],
  [/\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/generate(_stream)?$/, 'triton'],
  [/\/predictions$/, 'replicate'],
  [/\/api(\/(chat|generate))?$/, 'ollama'],
  [/\/v2(\/chat)?$/, 'cohere'],
  [/\/generate(_stream)?$/, 'tgi'],
  [/\/completion$/, 'llamacpp'],
  [/\/converse(-stream)?$/, 'bedrock-converse'],
  [/\/invoke(-with-response-stream)?$/, 'bedrock-invoke'],
  [/\/endpoints\/[^/]+\/invocations(-response-stream)?$/, 'sagemaker-chat'],
];

/** Which family speaks at a URL, by its path (no query, no trailing slash); undefined where the path says nothing. */
export function dialectOfPath(path: string): DialectId | undefined {
  return PATHS.find(([end]) => end.test(path))?.[1];
}
