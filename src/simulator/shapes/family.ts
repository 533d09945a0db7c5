/** The API families that the simulator speaks. */
export const FAMILIES = [
  'openai-chat',
  'openai-completions',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'ollama',
  'cohere',
  'tgi',
  'llamacpp',
  'bedrock',
  'sagemaker',
  'triton',
  'watsonx',
  'replicate',
] as const;
export type Family = (typeof FAMILIES)[number];
