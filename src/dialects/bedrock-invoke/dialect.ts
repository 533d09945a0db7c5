import { awsFailureOf } from '../aws-failure.ts';
import type { Dialect } from '../dialect.ts';
import { openInvokeAnswer } from './decode.ts';
import { encodeInvoke } from './encode.ts';

/** Anthropic's models on Amazon Bedrock in their own shape. `inner` is that shape: the dialect of Anthropic's messages. */
export function createBedrockInvoke(inner: Dialect): Dialect {
  return {
    id: 'bedrock-invoke',
    toolChoices: (target) => inner.toolChoices(target),
    encode: (input) => encodeInvoke(inner, input),
    openAnswer: (isStreamed, onFrame, target) =>
      openInvokeAnswer((onInnerFrame) => inner.openAnswer(isStreamed, onInnerFrame, target), onFrame),
    failureOf: awsFailureOf,
    concede: inner.concede,
  };
}
