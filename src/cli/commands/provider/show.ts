import { showProviders } from '../../../app/providers/show.ts';
import { toProviderListDocument } from '../../../contract/provider-document.ts';
import { renderProvider, renderProviderLines, renderProviderList } from '../../../report/providers.ts';
import { createStyle } from '../../../report/style.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { writeResult } from '../../output/streams.ts';
import { type NameFlags, nameOf, type PlaceFlags, placeOf } from './place.ts';

export type ListFlags = PlaceFlags & { readonly json?: boolean };

/** `provider list`: a line a provider. */
export const providerList: Command<ListFlags> = async (flags, context) => {
  const { environment } = context.settings;
  const shown = await showProviders({ ...placeOf(flags, context), environment });
  if (flags.json === true) await writeResult(JSON.stringify(toProviderListDocument(shown), undefined, 2));
  else if (process.stdout.isTTY) await writeResult(renderProviderList(shown.providers, createStyle(process.stdout)));
  else await writeResult(renderProviderLines(shown.providers));
  return EXIT.ok;
};

export type ShowFlags = NameFlags & { readonly json?: boolean };

/** `provider show`: all that is said of one. */
export const providerShow: Command<ShowFlags> = async (flags, context, names) => {
  const { environment } = context.settings;
  const shown = await showProviders({ ...placeOf(flags, context), environment }, nameOf(flags, names));
  const text =
    flags.json === true
      ? JSON.stringify(toProviderListDocument(shown), undefined, 2)
      : shown.providers
          .map((provider) => renderProvider({ ...shown, provider }, createStyle(process.stdout)))
          .join('\n');
  await writeResult(text);
  return EXIT.ok;
};
