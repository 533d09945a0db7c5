import { AppError } from '../../errors.ts';
import { type JsonPath, parseJsonPath } from '../../model/json-path.ts';
import type { Parameters } from '../../model/parameters.ts';
import { PLACEHOLDERS, placeholdersIn, type RestTemplate } from '../../model/rest-template.ts';
import type { Target } from '../../model/target.ts';

/** The target's template. That there is one was checked before the run. */
export function templateOf({ profile }: Target): RestTemplate {
  if (profile.template === undefined) throw new Error('a custom-rest target without a template');
  return profile.template;
}

export interface CompiledPaths {
  /** Undefined: an event is the text itself. */
  readonly text: JsonPath | undefined;
  readonly reasoning: JsonPath | undefined;
  readonly finish: JsonPath | undefined;
  readonly inputTokens: JsonPath | undefined;
  readonly outputTokens: JsonPath | undefined;
  readonly error: JsonPath;
}

/** Read once for all answers of a run. */
const COMPILED = new WeakMap<RestTemplate, CompiledPaths>();

export function pathsOf(template: RestTemplate): CompiledPaths {
  const known = COMPILED.get(template);
  if (known !== undefined) return known;
  const { text, reasoning, finish, inputTokens, outputTokens, error } = template.paths;
  const compile = (path: string | undefined): JsonPath | undefined =>
    path === undefined ? undefined : parseJsonPath(path);
  const compiled: CompiledPaths = {
    text: text === '$' ? undefined : compile(text),
    reasoning: compile(reasoning),
    finish: compile(finish),
    inputTokens: compile(inputTokens),
    outputTokens: compile(outputTokens),
    error: compile(error) ?? ['error'],
  };
  COMPILED.set(template, compiled);
  return compiled;
}

/** Throws TEMPLATE_INVALID for a target that has no template, or one that cannot be used, or not with these parameters. */
export function checkTemplate(target: Target, parameters: Parameters): void {
  const { template } = target.profile;
  const refuse = (problem: string, hint: string): AppError =>
    new AppError('TEMPLATE_INVALID', { provider: target.provider, problem, hint });
  if (template === undefined) throw refuse('there is none', 'name its file; examples/custom-rest.yaml is one');
  for (const [name, path] of Object.entries(template.paths)) {
    if (path === undefined || parseJsonPath(path) !== undefined) continue;
    throw refuse(`its path for ${name} is none: ${path}`, 'write it as choices[0].delta.content');
  }
  const used = new Set([...placeholdersIn(JSON.stringify(template.body ?? '')), ...placeholdersIn(target.url)]);
  const unknown = [...used].find((name) => !PLACEHOLDERS.some((known) => known === name));
  if (unknown !== undefined) {
    throw refuse(`{{${unknown}}} stands for nothing`, `use {{${PLACEHOLDERS.join('}}, {{')}}}`);
  }
  // Without a body the query has the placeholders, and it is not to be seen here: keys stand there.
  if (template.method === 'GET') return;
  refuseUnsent({ max_tokens: parameters.maxTokens, temperature: parameters.temperature }, used, refuse);
}

/** A limit that is not sent would be believed to have been. */
function refuseUnsent(
  given: Readonly<Record<string, number | undefined>>,
  used: ReadonlySet<string>,
  refuse: (problem: string, hint: string) => AppError,
): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || used.has(name)) continue;
    throw refuse(`it has no place for ${name}`, `write {{${name}}} where the endpoint expects it, or do not give it`);
  }
}
