// Writes docs/providers.md from the catalog, so that the page cannot say anything else than the code.
import { openCatalog } from '../src/providers/catalog.ts';
import type { ProviderRow } from '../src/providers/provider-row.ts';

const INTRO = `# Providers

<!-- Written by scripts/providers-doc.ts from src/providers/catalog.json: edit those. -->

A model is named as \`prefix/model\`, as users of LiteLLM write it: \`groq/llama-3.3-70b-versatile\`. The text is split at its first
slash. If the left part is a prefix of the table, the rest is the model's name, slashes and all; else the whole is the name, and its
provider is told by the host of a base URL that was given, or by the name itself (\`gpt-4o-mini\`, \`claude-…\`, \`command-…\`).

- **Base URL**: what is given with the model, else the first base variable that is set, else the default. A full path is fine too.
- **Key**: what is given, else the first key variable that is set.
- **Rows marked ?** were never checked against the provider's or LiteLLM's own words.
- **\`{…}\`** in a URL is filled from the variables beside it, or from the model string (\`{model}\`).
`;

const TABLE_HEAD = `## All prefixes

| prefix | speaks | default base URL | key variables | other variables | to know |
|---|---|---|---|---|---|`;

const OWN_ROWS = `
## Providers of your own

A file in JSON or YAML, with a list of rows of the same kind; its prefixes come before ours.

\`\`\`yaml
- prefixes: [acme]
  dialect: openai-chat
  baseUrl: https://llm.acme.example/v1
  keyVariables: [ACME_API_KEY]
\`\`\`

| field | says |
|---|---|
| \`prefixes\`, \`dialect\` | needed; the first prefix stands for the provider |
| \`baseUrl\`, \`path\`, \`query\` | where it is; \`path\` and \`query\` only where the dialect does not find them by itself |
| \`exampleBaseUrl\`, \`baseVariables\`, \`otherBaseUrls\`, \`trimBase\` | what to say when no base URL is known; variables that hold one; others that are this provider's too; a pattern of what is cut off the end of one |
| \`keyVariables\`, \`isKeyOptional\`, \`alsoKeyHeaders\` | variables that hold the key, in order; whether it works without; further headers that carry it |
| \`auth\` | \`native\` (where the dialect puts a key), \`bearer\`, \`header:NAME\`, \`header:NAME:SCHEME\`, \`snowflake\`, \`ibm-iam\`, \`aws-sigv4:SERVICE\`, \`google\` or \`none\` |
| \`otherAuth\` | a list of \`auth\` and \`keyVariables\`, for when no key variable is set |
| \`headers\`, \`body\` | fixed headers, and fields of the body |
| \`placeholders\` | what fills \`{name}\`: \`variables\`, an \`option\` (\`region\`, \`project\` or \`apiVersion\`), a \`default\` |
| \`needsOneOf\` | placeholders of which one must be known |
| \`model\`, \`baseModel\`, \`isDeployment\` | what is sent as the name; what prices know; or that the name says nothing |
| \`names\` | patterns of names without a prefix that are this provider's |
| \`routes\` | for some names (\`models\`) or base URLs (\`base\`), fields to lay over the row's; named groups fill placeholders |
| \`maxTokensName\`, \`genaiPricesId\`, \`modelsDevId\` | what the length limit is called; ids in lists of prices and models |
| \`verified\`, \`source\`, \`note\`, \`family\`, \`knownAs\` | whether and where it was looked up; what to know; other names, for suggestions |
| \`unsupported\`, \`wayAround\` | why it cannot be measured, and what can be done instead |
`;

/** The whole page. */
export function providersDoc(): string {
  return `${INTRO}\n${[TABLE_HEAD, ...openCatalog().rows.map(lineOf)].join('\n')}\n${OWN_ROWS}`;
}

function lineOf(row: ProviderRow): string {
  const { prefixes, placeholders, baseVariables, verified, unsupported, note } = row;
  const keys = [...(row.keyVariables ?? []), ...(row.otherAuth ?? []).flatMap(({ keyVariables }) => keyVariables)];
  const others = [...baseVariables, ...Object.values(placeholders).flatMap((source) => source?.variables ?? [])];
  const cells = [
    `${codes(prefixes)}${verified === false ? ' ?' : ''}`,
    unsupported === undefined
      ? [...new Set([row.dialect, ...row.routes.flatMap(({ dialect }) => dialect ?? [])])].join(', ')
      : '–',
    defaultUrlOf(row),
    keys.length === 0 ? keylessOf(row) : `${codes(keys)}${row.isKeyOptional ? ' (optional)' : ''}`,
    codes([...new Set(others)]),
    unsupported === undefined ? (note ?? '') : `${unsupported}: ${row.wayAround}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultUrlOf({ baseUrl, path = '', exampleBaseUrl }: ProviderRow): string {
  if (baseUrl !== undefined) return `\`${baseUrl}${path}\``;
  return exampleBaseUrl === undefined ? 'yours' : `yours, such as \`${exampleBaseUrl}\``;
}

const CREDENTIALS: Readonly<Record<string, string>> = {
  google: 'application default credentials',
  'aws-sigv4': 'AWS credentials',
  none: 'none',
};

function keylessOf({ auth = 'native', unsupported }: ProviderRow): string {
  return unsupported === undefined ? (CREDENTIALS[auth.split(':')[0] ?? ''] ?? 'give the key') : '';
}

function codes(texts: readonly string[]): string {
  return texts.map((text) => `\`${text}\``).join(', ');
}
