import { type DiscoveredEndpoint, discoverEndpoint, discoverProvider } from '../../../app/providers/discover.ts';
import { toDiscoveryDocument } from '../../../contract/discovery-document.ts';
import { AppError } from '../../../errors.ts';
import type { DialectId } from '../../../model/target.ts';
import { renderDiscovery } from '../../../report/discovery.ts';
import { createStyle } from '../../../report/style.ts';
import type { CliContext, Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { surroundingsOf } from '../../flags/surroundings.ts';
import { readHeader } from '../../flags/values.ts';
import { say, writeResult } from '../../output/streams.ts';
import { type NameFlags, nameOf, placeOf } from './place.ts';

export type DiscoverFlags = NameFlags & {
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly header?: readonly string[];
  readonly dialect?: DialectId;
  readonly json?: boolean;
};

/** `provider discover`: what speaks at a URL or at a configured provider's, and the models it offers. */
export const providerDiscover: Command<DiscoverFlags> = async (flags, context, names) => {
  const endpoints = await discoverAll(flags, context, names);
  const style = createStyle(process.stdout);
  await writeResult(
    flags.json === true
      ? JSON.stringify(toDiscoveryDocument(endpoints), undefined, 2)
      : endpoints.map((endpoint) => renderDiscovery(endpoint, style)).join('\n\n'),
  );
  return explain(endpoints);
};

async function discoverAll(
  flags: DiscoverFlags,
  context: CliContext,
  names: readonly string[],
): Promise<readonly DiscoveredEndpoint[]> {
  const app = context.createApp(context.settings.logLevel);
  const surroundings = surroundingsOf(context, { isRehearsal: false });
  const [given] = names;
  const isUrl = given !== undefined && /^[a-z][\w+.-]*:\/\//i.test(given);
  const url = flags.endpoint ?? (isUrl ? given : undefined);
  if (url === undefined) {
    const place = placeOf(flags, context);
    return discoverProvider(app, { ...place, name: nameOf(flags, names) }, surroundings);
  }
  if (flags.name !== undefined || (given !== undefined && given !== url)) {
    const second = flags.name ?? given ?? '';
    throw new AppError('FLAGS_CONFLICT', { first: '--endpoint', second, hint: 'name a provider or a URL' });
  }
  const headers = Object.fromEntries((flags.header ?? []).map((text) => readHeader(text, '--header')));
  return [await discoverEndpoint(app, { url, apiKey: flags.apiKey, headers, dialect: flags.dialect }, surroundings)];
}

/** Why the exit code is not 0, in a line. */
function explain(endpoints: readonly DiscoveredEndpoint[]): number {
  const states = endpoints.map(({ discovery }) =>
    discovery.kind === 'found' ? discovery.finding.key : discovery.kind,
  );
  if (states.includes('refused')) {
    say('error: the key was refused; is it the key of this endpoint?');
    return EXIT.key;
  }
  if (states.includes('needed')) {
    say('error: its models are only told with a key; give it by --api-key, or set LLM_BENCH_API_KEY');
    return EXIT.key;
  }
  if (states.includes('unreachable')) say('error: nothing answered; is the server running, and the URL right?');
  else if (states.includes('unknown')) {
    say('error: nothing known speaks there; name the dialect by --dialect, or describe it: --dialect custom-rest');
  } else return EXIT.ok;
  return EXIT.nothingMeasured;
}
