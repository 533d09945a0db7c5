import { type Document, isMap, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { messagesOf } from './chat-fields.ts';
import { chatOf, malformed, optionalLimit, optionalText, type Place, refuseBoth } from './prompt-fields.ts';
import type { Prompt, PromptReader } from './source.ts';
import { toolsOf } from './tool-fields.ts';

const SHAPE = 'write "prompts:" and under it "- name: …" with "text: …"';

/** `prompts: [{name, text, token_limit, system, tools, tool_choice}]`; `messages` may stand in place of `text`. */
export const readYaml: PromptReader = (text, file) => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    throw malformed({ file, line: lines.linePos(mistake.pos[0]).line }, `this is not YAML (${mistake.message})`, SHAPE);
  }
  const placeOf = (node: Node | null | undefined): Place => ({
    file,
    line: lines.linePos(node?.range?.[0] ?? 0).line || 1,
  });
  if (document.contents === null) return [];
  const list = isMap(document.contents) ? document.contents.get('prompts', true) : undefined;
  if (!isSeq(list)) throw malformed(placeOf(document.contents), 'there is no list "prompts"', SHAPE);
  return list.items.map((item) => {
    const place = placeOf(item as Node);
    if (!isMap(item)) throw malformed(place, 'a prompt must have a name and a text', SHAPE);
    return readPrompt(toFields(item, document, place), item, (key) => {
      const value = (item as YAMLMap).get(key, true) as Node | undefined;
      return value === undefined ? place : placeOf(value);
    });
  });
};

/** Aliases are only followed here, and may lead nowhere. */
function toFields(item: YAMLMap, document: Document, place: Place): Readonly<Record<string, unknown>> {
  try {
    return item.toJS(document) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw malformed(place, `this is not YAML (${(error as Error).message})`, SHAPE);
  }
}

function readPrompt(fields: Readonly<Record<string, unknown>>, item: YAMLMap, placeOf: (key: string) => Place): Prompt {
  const unknown = item.items.map((pair) => String(pair.key)).find((key) => !KNOWN_FIELDS.has(key));
  if (unknown !== undefined) {
    throw malformed(placeOf(unknown), `"${unknown}" is no field of a prompt`, `use ${[...KNOWN_FIELDS].join(', ')}`);
  }
  const name = optionalText(fields['name'], 'name', placeOf('name'));
  const maxTokens = optionalLimit(fields['token_limit'], 'token_limit', placeOf('token_limit'));
  refuseBoth(fields, placeOf('system'));
  const tools = toolsOf(fields, placeOf);
  if (fields['messages'] !== undefined)
    return { name, maxTokens, messages: messagesOf(fields['messages'], placeOf('messages')), ...tools };
  const text = optionalText(fields['text'], 'text', placeOf('text'));
  if (text === undefined) throw malformed(placeOf('name'), 'the prompt has no text', SHAPE);
  return {
    name,
    maxTokens,
    messages: chatOf(text, optionalText(fields['system'], 'system', placeOf('system'))),
    ...tools,
  };
}

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'text',
  'token_limit',
  'system',
  'messages',
  'tools',
  'tool_choice',
]);
