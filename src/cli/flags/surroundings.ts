import type { Surroundings } from '../../app/address/target-options.ts';
import type { CliContext } from '../context.ts';

/** What this process knows by itself of providers. */
export function surroundingsOf(
  { settings, clock }: CliContext,
  { mayAsk }: Pick<Surroundings, 'mayAsk'>,
): Surroundings {
  const { environment, config, userConfig } = settings;
  return { environment, config, userConfig, clock, mayAsk };
}
