import { asArray, asObject, type Fields } from '../json.ts';

/** A tool that the model calls. */
export interface CallKind {
  /** The type of its item. */
  readonly item: string;
  /** The middle of the names of the events that bring what is written for the tool; undefined: it comes whole, with its item. */
  readonly event: string | undefined;
  /** The field of the last such event that holds all of it. */
  readonly field: string;
  /** What is written for the tool, from its whole item: text, or something to be told as JSON. */
  readonly written: (item: Fields) => unknown;
  /** Whether the caller must do something before the model goes on, so that the answer ends with it. */
  readonly isOurs: (item: Fields) => boolean;
}

const ours = (): boolean => true;
const theServers = (): boolean => false;

/** Searches of the server are not among them: what was written for one is told only when it has been run. */
export const CALLS: readonly CallKind[] = [
  {
    item: 'function_call',
    event: 'function_call_arguments',
    field: 'arguments',
    written: (item) => item['arguments'],
    isOurs: ours,
  },
  {
    item: 'custom_tool_call',
    event: 'custom_tool_call_input',
    field: 'input',
    written: (item) => item['input'],
    isOurs: ours,
  },
  {
    item: 'mcp_call',
    event: 'mcp_call_arguments',
    field: 'arguments',
    written: (item) => item['arguments'],
    isOurs: theServers,
  },
  {
    item: 'code_interpreter_call',
    event: 'code_interpreter_call_code',
    field: 'code',
    written: (item) => item['code'],
    isOurs: theServers,
  },
  {
    item: 'shell_call',
    event: 'shell_call_command',
    field: 'command',
    written: (item) => asArray(asObject(item['action'])?.['commands']).join('\n'),
    isOurs: (item) => asObject(item['environment'])?.['type'] !== 'container_reference',
  },
  {
    item: 'apply_patch_call',
    event: 'apply_patch_call_operation_diff',
    field: 'diff',
    written: (item) => asObject(item['operation'])?.['diff'] ?? item['operation'],
    isOurs: ours,
  },
  { ...whole('local_shell_call', (item) => item['action']), isOurs: ours },
  { ...whole('computer_call', (item) => item['actions'] ?? item['action']), isOurs: ours },
  { ...whole('mcp_approval_request', (item) => item['arguments']), isOurs: ours },
  {
    ...whole('tool_search_call', (item) => item['arguments']),
    isOurs: (item) => item['execution'] === 'client',
  },
  { ...whole('program', (item) => item['code']), isOurs: theServers },
];

function whole(item: string, written: CallKind['written']): Omit<CallKind, 'isOurs'> {
  return { item, event: undefined, field: '', written };
}

export function callOfItem(item: Fields): CallKind | undefined {
  return CALLS.find((call) => call.item === item['type']);
}
