import type { Target } from '../model/target.ts';
import type { JsonObject } from '../model/units.ts';
import type { EncodeInput, Quirks } from './dialect.ts';

/** OpenAI's own hosts: servers that only speak alike neither pad their events nor keep answers. */
const OWN_HOST = /^https:\/\/(api\.openai\.com|[\w-]+\.openai\.azure\.com)(:\d+)?(\/|$)/i;

export function isOpenais({ url }: Target): boolean {
  return OWN_HOST.test(url);
}

/** Which options a stream is asked for with: counts at its end, and events that are not padded. */
export function streamOptions({ target, isStreamed, quirks }: EncodeInput, mayAskForUsage: boolean): JsonObject {
  const options = {
    ...(mayAskForUsage && quirks.asksForUsage ? { include_usage: true } : {}),
    ...(quirks.asksForNoPadding && isOpenais(target) ? { include_obfuscation: false } : {}),
  };
  return isStreamed && Object.keys(options).length > 0 ? { stream_options: options } : {};
}

/** The newer option is given up first; only where it was asked for. */
export function concedeOptions(quirks: Quirks, target: Target, mayAskForUsage: boolean): Quirks | undefined {
  if (quirks.asksForNoPadding && isOpenais(target)) return { ...quirks, asksForNoPadding: false };
  return mayAskForUsage && quirks.asksForUsage ? { ...quirks, asksForUsage: false } : undefined;
}
