import { Asker, type AskerInput, Unreachable } from './discovery/asker.ts';
import type { Attempt, Finding } from './discovery/finding.ts';
import { probeAnthropic, probeModels } from './discovery/model-page.ts';
import { type Probe, probeGemini, probeLlamacpp, probeOllama, probeTgi, probeTriton } from './discovery/own-pages.ts';
import { placeOf } from './discovery/place.ts';

export type { Attempt, Finding, KeyState, Speaks } from './discovery/finding.ts';
export type { DiscoveredModel } from './discovery/model-list.ts';

export interface DiscoverInput extends AskerInput {
  /** Without user, password or query. */
  readonly url: string;
  /** Asked for first: what the user or the URL's path says. */
  readonly dialect: string | undefined;
}

export type Discovery =
  | { readonly kind: 'found'; readonly finding: Finding; readonly attempts: readonly Attempt[] }
  /** Something answers, but nothing that is known. */
  | { readonly kind: 'unknown'; readonly attempts: readonly Attempt[] }
  | { readonly kind: 'unreachable'; readonly message: string; readonly attempts: readonly Attempt[] };

/** In this order: from the page that most have to that of the fewest. */
const PROBES: readonly Probe[] = [probeModels, probeOllama, probeLlamacpp, probeTgi, probeGemini, probeTriton];

const PROBES_OF_DIALECTS: Readonly<Record<string, Probe>> = {
  'anthropic-messages': probeAnthropic,
  gemini: probeGemini,
  ollama: probeOllama,
  llamacpp: probeLlamacpp,
  tgi: probeTgi,
  triton: probeTriton,
};

/**
 * Finds out what speaks at a URL, by nothing but GETs for what servers say of themselves: nothing is generated, nothing is spent. The
 * first page that tells decides.
 */
export async function discover(input: DiscoverInput): Promise<Discovery> {
  const asker = new Asker(input);
  const place = placeOf(input.url);
  try {
    for (const probe of inOrder(input.dialect)) {
      const finding = await probe(asker, place);
      if (finding !== undefined) return { kind: 'found', finding, attempts: asker.attempts };
    }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { kind: 'unreachable', message: error.message, attempts: asker.attempts };
  }
  return { kind: 'unknown', attempts: asker.attempts };
}

function inOrder(dialect: string | undefined): readonly Probe[] {
  const first = PROBES_OF_DIALECTS[dialect ?? ''];
  return first === undefined ? PROBES : [first, ...PROBES.filter((probe) => probe !== first)];
}
