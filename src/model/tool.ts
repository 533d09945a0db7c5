import type { JsonObject } from './units.ts';

/** A function that the model may call. It is only offered: nothing here carries a call out. */
export interface Tool {
  readonly name: string;
  readonly description: string | undefined;
  /** JSON schema of an object; undefined: the function takes nothing. */
  readonly parameters: JsonObject | undefined;
}

/** Kinds of choice between tools, as far as families differ in what they understand. */
export const TOOL_CHOICE_KINDS = ['auto', 'none', 'required', 'named'] as const;

export type ToolChoiceKind = (typeof TOOL_CHOICE_KINDS)[number];

/** `auto`: the model decides; `none`: it must not call; `required`: it must call one; a name: it must call that one. */
export type ToolChoice = Exclude<ToolChoiceKind, 'named'> | { readonly name: string };

export function kindOfToolChoice(choice: ToolChoice): ToolChoiceKind {
  return typeof choice === 'string' ? choice : 'named';
}
