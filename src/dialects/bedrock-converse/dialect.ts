import { awsFailureOf } from '../aws-failure.ts';
import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';

/** Amazon Bedrock's own chat for all its models. */
export const bedrockConverse: Dialect = {
  id: 'bedrock-converse',
  // There is no way to say that none may be called.
  toolChoices: () => ['auto', 'required', 'named'],
  encode,
  openAnswer,
  failureOf: awsFailureOf,
  concede: () => undefined,
};
