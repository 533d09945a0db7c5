import type { DialectId } from '../model/target.ts';
import { anthropicMessages } from './anthropic-messages/dialect.ts';
import { bedrockConverse } from './bedrock-converse/dialect.ts';
import { createBedrockInvoke } from './bedrock-invoke/dialect.ts';
import { cohere } from './cohere/dialect.ts';
import { customRest } from './custom-rest/dialect.ts';
import type { Dialect } from './dialect.ts';
import { gemini } from './gemini/dialect.ts';
import { llamacpp } from './llamacpp/dialect.ts';
import { ollama } from './ollama/dialect.ts';
import { openaiChat } from './openai-chat/dialect.ts';
import { openaiCompletions } from './openai-completions/dialect.ts';
import { openaiResponses } from './openai-responses/dialect.ts';
import { replicate } from './replicate/dialect.ts';
import { createSagemaker } from './sagemaker/dialect.ts';
import { tgi } from './tgi/dialect.ts';
import { triton } from './triton/dialect.ts';
import { createWatsonx } from './watsonx/dialect.ts';

const DIALECTS: Readonly<Record<DialectId, Dialect>> = {
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
  ollama,
  cohere,
  tgi,
  llamacpp,
  'bedrock-converse': bedrockConverse,
  'bedrock-invoke': createBedrockInvoke(anthropicMessages),
  'sagemaker-chat': createSagemaker('sagemaker-chat', openaiChat),
  'sagemaker-tgi': createSagemaker('sagemaker-tgi', tgi),
  triton,
  watsonx: createWatsonx(openaiChat),
  replicate,
  'custom-rest': customRest,
};

/** The only place that knows all dialects. */
export function dialectOf(id: DialectId): Dialect {
  return DIALECTS[id];
}
