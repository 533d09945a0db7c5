import { AppError } from '../errors.ts';
import type { ParameterProblem } from '../model/parameter-check.ts';

/** What a strict run says of parameters that a target would refuse. `model`: as the user named the target. */
export function refusedParameters(model: string, problems: readonly ParameterProblem[]): AppError {
  const ways = [...new Set(problems.map(({ wayOut }) => wayOut))];
  return new AppError('PARAMETERS_REFUSED', {
    model,
    problem: problems.map(describeProblem).join('; '),
    hint: ways.join('; '),
  });
}

/** `temperature=0.3 (OpenAI’s reasoning models take no temperature but 1; rule openai-reasoning-temperature, OpenAI, …)`. */
function describeProblem({ parameter, value, reason, rule, source, isVerified }: ParameterProblem): string {
  const doubt = isVerified ? '' : ', unverified';
  return `${parameter}=${shorten(JSON.stringify(value))} (${reason}; rule ${rule}, ${source}${doubt})`;
}

/** Long values are told by their beginning. */
function shorten(text: string): string {
  const most = 40;
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
