/**
 * Finds the prompts in what a model answered: a JSON array of texts or of objects, an object that has one (`{"prompts": […]}`), either
 * of them in a fenced block or among other words, a JSON value a line, or a list as people write one. Of an array that was cut off, the
 * whole texts count. Each prompt counts once, in the order of the answer.
 */
export function readPromptAnswer(answer: string): readonly string[] {
  const text = answer.replaceAll('\r\n', '\n').trim();
  const found = fromJson(text) ?? fromBlock(text) ?? fromJsonLines(text) ?? fromCutArray(text) ?? fromList(text);
  const seen = new Set<string>();
  return found
    .map((prompt) => prompt.trim())
    .filter((prompt) => {
      const key = prompt.toLowerCase().replaceAll(/\s+/g, ' ');
      if (prompt === '' || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

type Prompts = readonly string[] | undefined;

function fromJson(text: string): Prompts {
  const value = parse(text);
  return value === undefined ? undefined : promptsIn(value);
}

/** In a fence, or from the first bracket to the last. */
function fromBlock(text: string): Prompts {
  for (const [, block = ''] of text.matchAll(/```[\w-]*\n(.*?)\n?```/gs)) {
    const prompts = fromJson(block);
    if (prompts !== undefined) return prompts;
  }
  for (const [open, close] of [
    ['[', ']'],
    ['{', '}'],
  ] as const) {
    const from = text.indexOf(open);
    const to = text.lastIndexOf(close);
    const prompts = from === -1 || to < from ? undefined : fromJson(text.slice(from, to + 1));
    if (prompts !== undefined) return prompts;
  }
  return undefined;
}

function fromJsonLines(text: string): Prompts {
  const values = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => parse(line.replace(/,\s*$/, '')));
  const prompts = values.flatMap((value) => textOf(value) ?? []);
  return prompts.length > 0 && prompts.length === values.length ? prompts : undefined;
}

/** The limit of tokens came before the closing bracket. */
function fromCutArray(text: string): Prompts {
  const start = /\[\s*(?:\{\s*)?"/.exec(text)?.index;
  if (start === undefined) return undefined;
  const inside = text.slice(start + 1);
  const objects = [...inside.matchAll(/\{[^{}]*\}/g)].flatMap(([object]) => textOf(parse(object)) ?? []);
  if (objects.length > 0) return objects;
  if (/^\s*\{/.test(inside)) return [];
  return [...inside.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*[,\]])/g)].flatMap(([literal]) => textOf(parse(literal)) ?? []);
}

const MARK = /^\s{0,3}(?:[-*•–]|\(?\d{1,3}[.):])\s+/;

/** What follows a mark belongs to it until the next one; without any marks, a line is a prompt. */
function fromList(text: string): readonly string[] {
  const lines = text.replaceAll(/^```.*$/gm, '').split('\n');
  if (!lines.some((line) => MARK.test(line))) {
    return lines.filter((line) => !/:\s*$/.test(line)).map(unquoted);
  }
  const prompts: string[] = [];
  let isOpen = false;
  for (const line of lines) {
    if (MARK.test(line)) prompts.push(line.replace(MARK, ''));
    // Words after a blank line that are not set in are the model's own.
    else if (isOpen && (line.trim() === '' || /^\s/.test(line))) prompts.push(`${prompts.pop() ?? ''}\n${line.trim()}`);
    isOpen = MARK.test(line) || (isOpen && (line.trim() === '' || /^\s/.test(line)));
  }
  return prompts.map(unquoted);
}

/** Without the marks of emphasis and the quotes around the whole. */
function unquoted(line: string): string {
  const bare = line.trim().replace(/^(\*\*|__)(.*)\1$/s, '$2');
  return /^"[^"]*"$|^“[^“”]*”$|^'[^']*'$/s.test(bare) ? bare.slice(1, -1) : bare;
}

/** Prompts of an array, or of the first array in an object. */
function promptsIn(value: unknown): Prompts {
  if (Array.isArray(value)) {
    const prompts = value.flatMap((item) => textOf(item) ?? []);
    return prompts.length > 0 || value.length === 0 ? prompts : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const lists = Object.values(value).filter((item) => Array.isArray(item));
  const [named] = 'prompts' in value ? [value.prompts] : lists;
  return Array.isArray(named) ? promptsIn(named) : undefined;
}

/** A text, or what an object calls its text. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const text = ['prompt', 'text', 'content', 'question', 'instruction'].map((name) => fields.get(name)).find(isText);
  return text ?? [...fields.values()].find(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Another form, or only words.
  }
}
