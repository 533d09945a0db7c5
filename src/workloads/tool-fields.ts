import type { ToolCall } from '../model/message.ts';
import type { Tool, ToolChoice } from '../model/tool.ts';
import type { JsonObject } from '../model/units.ts';
import { malformed, type Place } from './prompt-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

const TOOLS_HINT = 'use [{"type": "function", "function": {"name": "…", "description": "…", "parameters": {…}}}]';
const CHOICE_HINT = 'use "auto", "none", "required" or {"type": "function", "function": {"name": "…"}}';
const CALLS_HINT = 'use "tool_calls": [{"id": "…", "type": "function", "function": {"name": "…", "arguments": "{…}"}}]';

/** What a prompt says of tools, in OpenAI's shape: `tools`, and `tool_choice` where there are tools. */
export function toolsOf(
  fields: Fields,
  placeOf: (field: string) => Place,
): { readonly tools: readonly Tool[] | undefined; readonly toolChoice: ToolChoice | undefined } {
  const tools = optionalTools(fields['tools'], placeOf('tools'));
  return { tools, toolChoice: optionalChoice(fields['tool_choice'], tools, placeOf('tool_choice')) };
}

function optionalTools(value: unknown, place: Place): readonly Tool[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length === 0) {
    throw malformed(place, 'tools must be a list that is not empty', TOOLS_HINT);
  }
  const tools = value.map((entry: unknown) => toTool(entry, place));
  const twin = tools.find(({ name }, index) => tools.findIndex((tool) => tool.name === name) !== index);
  if (twin !== undefined) throw malformed(place, `the tool ${twin.name} is there twice`, 'give each a name of its own');
  return tools;
}

/** OpenAI's envelope, or what stands in it. */
function toTool(entry: unknown, place: Place): Tool {
  const outer = objectOf(entry);
  const inner = outer?.['function'] === undefined ? outer : objectOf(outer['function']);
  if (inner === undefined) throw malformed(place, 'a tool must be an object', TOOLS_HINT);
  const { type = 'function' } = outer ?? {};
  if (type !== 'function') throw malformed(place, `a tool of type ${String(type)} is not known`, TOOLS_HINT);
  const { name, description, parameters } = inner;
  if (typeof name !== 'string' || name.trim() === '') throw malformed(place, 'a tool has no name', TOOLS_HINT);
  if (description !== undefined && description !== null && typeof description !== 'string') {
    throw malformed(place, `the description of ${name} must be a text`, TOOLS_HINT);
  }
  if (parameters !== undefined && parameters !== null && objectOf(parameters) === undefined) {
    throw malformed(place, `the parameters of ${name} must be a JSON schema`, TOOLS_HINT);
  }
  refuseOthers(inner, { name, place });
  return {
    name,
    description: description ?? undefined,
    parameters: (parameters ?? undefined) as JsonObject | undefined,
  };
}

/** What would be left out silently changes what is measured. */
function refuseOthers(inner: Fields, { name, place }: { readonly name: string; readonly place: Place }): void {
  const other = Object.keys(inner).find((key) => !TOOL_FIELDS.has(key) && !(key === 'strict' && !inner[key]));
  if (other === undefined) return;
  throw malformed(place, `"${other}" of the tool ${name} is no field that all families have`, `leave "${other}" out`);
}

const TOOL_FIELDS: ReadonlySet<string> = new Set(['type', 'name', 'description', 'parameters']);

function optionalChoice(value: unknown, tools: readonly Tool[] | undefined, place: Place): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  if (tools === undefined)
    throw malformed(place, 'tool_choice stands there without tools', 'add "tools", or leave it out');
  if (value === 'auto' || value === 'none' || value === 'required') return value;
  const outer = objectOf(value);
  const name = objectOf(outer?.['function'])?.['name'] ?? outer?.['name'];
  if (typeof name !== 'string') throw malformed(place, 'tool_choice is not known', CHOICE_HINT);
  if (tools.some((tool) => tool.name === name)) return { name };
  throw malformed(place, `tool_choice names ${name}, which is none of the tools`, CHOICE_HINT);
}

/** Calls of an assistant's turn, at least one. */
export function callsOf(value: unknown, place: Place): readonly ToolCall[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw malformed(place, 'tool_calls must be a list that is not empty', CALLS_HINT);
  }
  return value.map((entry: unknown) => {
    const call = objectOf(entry);
    const fn = objectOf(call?.['function']);
    const { name } = fn ?? {};
    const id = call?.['id'];
    if (typeof id !== 'string' || id === '') throw malformed(place, 'a tool call has no id', CALLS_HINT);
    if (typeof name !== 'string' || name === '') throw malformed(place, 'a tool call has no name', CALLS_HINT);
    return { id, name, arguments: argumentsOf(fn?.['arguments'], place) };
  });
}

/** JSON of an object, or the object itself. */
function argumentsOf(value: unknown, place: Place): string {
  const problem = 'the arguments of a tool call must be JSON of an object';
  if (objectOf(value) !== undefined) return JSON.stringify(value);
  if (typeof value !== 'string') throw malformed(place, problem, CALLS_HINT);
  try {
    if (objectOf(JSON.parse(value)) !== undefined) return value;
  } catch {
    // Told below.
  }
  throw malformed(place, problem, CALLS_HINT);
}

function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}
