import type { ParameterSupport } from '../src/model/parameter-check.ts';
import { describeSupport } from '../src/providers/describe-support.ts';
import { FAMILIES } from '../src/providers/parameters/families.ts';
import type { Family, Support } from '../src/providers/parameters/family.ts';
import { describeLimits } from '../src/providers/parameters/limits.ts';
import type { Match } from '../src/providers/parameters/matching.ts';
import { PARAMETERS, type ParameterName } from '../src/providers/parameters/parameter.ts';
import type { Condition, Demand, ParameterRule } from '../src/providers/parameters/rule.ts';
import { RULES } from '../src/providers/parameters/rules.ts';
import { SOURCES, type Source, type SourceId } from '../src/providers/parameters/sources.ts';

const INTRO = `# Parameters

<!-- Written by scripts/parameters-doc.ts from src/providers/parameters: edit those. -->

What \`--temperature\`, \`--max-tokens\`, \`--stop\` and \`--param NAME=VALUE\` come to at each provider. \`llm-bench params MODEL\` tells
it for one model, with the rule and its source, and sends nothing.

## Three tiers

1. **Universal**: \`temperature\`, \`max_tokens\`, \`stop\`. Every endpoint has them in some form.
2. **Common**: the others of the table below. Each provider takes some of them, within its own range and under its own name.
3. **Passed through**: every other name. It is sent as it is, so whatever a provider invents tomorrow works today. A provider's own
   name of a common parameter (\`topP\` of Gemini) is one of these: nobody checks its value.

What you do not give is not sent: no default of ours ever changes a measurement. The defaults below are the providers' own, as far as
they are known, for information.

## Three modes

| \`--params\` | what a model refuses, or what is out of its range |
|---|---|
| \`strict\` (default) | ends the run before anything is sent, and names the rule. Names may change: \`max_tokens\` goes out as \`maxOutputTokens\` where that is its name |
| \`adjust\` | is put into its range, said in another way, or left out. Each change is listed before the run and stored with it |
| \`pass\` | is sent as you wrote it, under the name that you wrote |

\`skip_params\` of a model (or \`--skip-param\`) win over everything: such a parameter is never sent, under none of its names. A known
parameter that is \`null\` is not sent either. What a catalog file of yours (\`--catalog\`) says of a model wins over the rules here:
whether it takes a temperature, which efforts it knows, how much it writes.

Rules go by the *base model*: a deployment whose name says nothing needs \`--base-model\`. Model names change every month, so most
patterns say which *old* models behave otherwise, and take new names for the newest kind. What is marked *unverified* comes from
memory, or from sources that disagree. The ranges are a snapshot of 2026, not a law: if one is wrong, \`--params pass\` sends the
request, and a line to us mends the rule.
`;

/** The whole page. */
export function parametersDoc(): string {
  return [INTRO, parameterTable(), ...families(), rules(), sources()].join('\n');
}

function parameterTable(): string {
  const rows = PARAMETERS.map(({ name, tier, aliases, limits, meaning }) => {
    const also = aliases.length === 0 ? '' : ` (also ${aliases.map(code).join(', ')})`;
    return `| ${code(name)}${also} | ${tier} | ${describeLimits(limits)} | ${meaning} |`;
  });
  return `## The parameters

| parameter | tier | everywhere | meaning |
|---|---|---|---|
${rows.join('\n')}

LiteLLM's \`thinking\` of a budget (\`{"type":"enabled","budget_tokens":2048}\`) is \`thinking_budget\`.
`;
}

/** One dialect that each family speaks, for the names. */
const DIALECTS: Readonly<Partial<Record<Family['id'], string>>> = {
  anthropic: 'anthropic-messages',
  gemini: 'gemini',
  bedrock: 'bedrock-converse',
  cohere: 'cohere',
  ollama: 'ollama',
  llamacpp: 'llamacpp',
  tgi: 'tgi',
};

function families(): readonly string[] {
  return ['## What each takes\n', ...FAMILIES.map(family)];
}

/** Where the name within a sentence makes no heading. */
const HEADINGS: Readonly<Partial<Record<Family['id'], string>>> = {
  'json-configured': 'Providers that LiteLLM keeps as plain data',
  compatible: 'Other providers of OpenAI’s shape',
  unknown: 'Bare endpoints, and proxies that pass a request on',
  llamacpp: 'llama.cpp’s own endpoint',
};

function family(known: Family): string {
  const { id, title, source } = known;
  const told = describeSupport({
    // Any prefix that no family lists.
    prefix: id === 'compatible' ? 'together_ai' : known.prefixes[0],
    dialect: DIALECTS[id] ?? 'openai-chat',
    model: '',
    maxTokensName: undefined,
    capabilities: undefined,
  });
  const taken = told.filter(({ parameter }) => supportOf(known, parameter)?.is === 'supported');
  const refused = told.filter(({ parameter }) => supportOf(known, parameter)?.is === 'refused');
  return `### ${HEADINGS[id] ?? title}

${whereOf(known)} Source: ${link(source)}, where no other is named.

| takes | range | default | sent as | source |
|---|---|---|---|---|
${taken.map((parameter) => takenRow(known, parameter)).join('\n')}
${refused.length === 0 ? '' : `\nRefuses: ${refused.map(({ parameter }) => code(parameter)).join(', ')}.\n`}`;
}

function supportOf({ support }: Family, parameter: string): Support | undefined {
  return support[parameter as ParameterName];
}

function whereOf({ id, prefixes }: Family): string {
  const dialect = DIALECTS[id];
  const where = [
    ...(dialect === undefined ? [] : [`the dialect ${code(dialect)}`]),
    ...(prefixes.length === 0 ? [] : [`the prefixes ${prefixes.map(code).join(', ')}`]),
  ];
  return where.length === 0 ? 'All prefixes that are not listed elsewhere.' : `By ${where.join(', and ')}.`;
}

function takenRow(known: Family, { parameter, range, default: fallback, sentAs }: ParameterSupport): string {
  const own = supportOf(known, parameter)?.source;
  const shown = fallback === undefined ? '' : JSON.stringify(fallback);
  return `| ${code(parameter)} | ${range} | ${shown} | ${code(sentAs)} | ${own === undefined ? '' : link(own)} |`;
}

function rules(): string {
  const rows = RULES.map((rule) => {
    const doubt = rule.isVerified ? '' : ', unverified';
    return `| ${code(rule.id)} | ${matchText(rule.match)} | ${rule.parameters.map(code).join(', ')} | ${demandText(rule)} | ${escapeBars(rule.reason)} | ${link(rule.source)}${doubt} |`;
  });
  return `## Rules

In the order in which they are asked. Models are patterns (regular expressions) over the base model in lower case.

| rule | for | parameters | demands | because | source |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function matchText({ families = [], prefixes = [], dialects = [], models, except }: Match): string {
  return [
    families.join(', '),
    ...(prefixes.length === 0 ? [] : [prefixes.map(code).join(', ')]),
    ...(dialects.length === 0 ? [] : [dialects.map(code).join(', ')]),
    ...(models === undefined ? [] : [`models ${code(escapeBars(models))}`]),
    ...(except === undefined ? [] : [`but ${code(escapeBars(except))}`]),
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function demandText({ demand, when }: ParameterRule): string {
  const occasion = when.length === 0 ? '' : `, when ${when.map(conditionText).join(' and ')}`;
  return `${demanded(demand)}${occasion}`;
}

function demanded(demand: Demand): string {
  switch (demand.kind) {
    case 'absent':
      return demand.unless === undefined ? 'not to be sent' : `not to be sent but as ${describeLimits(demand.unless)}`;
    case 'within':
      return describeLimits(demand.limits);
    case 'below':
      return `below ${code(demand.other)}`;
    case 'instead':
      return `to be said by ${code(demand.other)}`;
    case 'advice':
      return demand.mends ? 'said; adjusted' : 'said, not refused';
  }
}

function conditionText(condition: Condition): string {
  const name = code(condition.name);
  if ('is' in condition) return `${name} is ${condition.is}`;
  if ('oneOf' in condition) return `${name} is ${condition.oneOf.map(String).join(' or ')}`;
  if ('noneOf' in condition) return `${name} is not ${condition.noneOf.map(String).join(' or ')}`;
  return `${name} is below ${condition.below}`;
}

function sources(): string {
  const rows = Object.entries<Source>(SOURCES).map(
    ([id, { title, url }]) => `- \`${id}\`: ${title}${url === undefined ? '' : `, <${url}>`}`,
  );
  return `## Sources

${rows.join('\n')}
`;
}

function link(id: SourceId): string {
  const { title, url }: Source = SOURCES[id];
  return url === undefined ? title : `[${title}](${url})`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A bar would end the cell. */
function escapeBars(text: string): string {
  return text.replaceAll('|', '\\|');
}
