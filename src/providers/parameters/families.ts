import { HOSTED_FAMILIES } from './families-hosted.ts';
import { LOCAL_FAMILIES } from './families-local.ts';
import type { Family, FamilyId } from './family.ts';

export const FAMILIES: readonly Family[] = [...HOSTED_FAMILIES, ...LOCAL_FAMILIES];

const BY_ID = new Map(FAMILIES.map((family) => [family.id, family]));
const BY_PREFIX = new Map(FAMILIES.flatMap((family) => family.prefixes.map((prefix) => [prefix, family.id] as const)));

/** Dialects that only one family speaks, whatever the prefix. */
const BY_DIALECT: Readonly<Record<string, FamilyId>> = {
  'anthropic-messages': 'anthropic',
  'bedrock-invoke': 'anthropic',
  'bedrock-converse': 'bedrock',
  gemini: 'gemini',
  ollama: 'ollama',
  cohere: 'cohere',
  tgi: 'tgi',
  'sagemaker-tgi': 'tgi',
  llamacpp: 'llamacpp',
};

/** The family of an endpoint. `prefix`: undefined for a bare URL, of which nothing is known but its dialect. */
export function familyOf(prefix: string | undefined, dialect: string): Family {
  const id = BY_DIALECT[dialect] ?? (prefix === undefined ? 'unknown' : (BY_PREFIX.get(prefix) ?? 'compatible'));
  const family = BY_ID.get(id);
  if (family === undefined) throw new Error(`no family ${id}`);
  return family;
}
