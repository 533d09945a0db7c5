import type { DialectId } from '../../model/target.ts';
import { awsFailureOf } from '../aws-failure.ts';
import type { Dialect } from '../dialect.ts';
import { openInvocation } from './decode.ts';
import { encodeInvocation } from './encode.ts';

/** A container behind an endpoint of Amazon SageMaker. `inner` is how that container speaks. */
export function createSagemaker(id: DialectId, inner: Dialect): Dialect {
  return {
    id,
    toolChoices: (target) => inner.toolChoices(target),
    encode: (input) => encodeInvocation(inner, input),
    openAnswer: (isStreamed, onFrame, target) =>
      openInvocation((onInnerFrame) => inner.openAnswer(isStreamed, onInnerFrame, target), onFrame),
    failureOf: awsFailureOf,
    concede: inner.concede,
  };
}
