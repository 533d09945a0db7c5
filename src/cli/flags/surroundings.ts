import type { Surroundings } from '../../app/address/target-options.ts';
import type { CliContext } from '../context.ts';

/** What this process knows by itself of providers. */
export function surroundingsOf(
  { settings, clock, createApp }: CliContext,
  { isRehearsal }: Pick<Surroundings, 'isRehearsal'>,
): Surroundings {
  const { environment, config, userConfig } = settings;
  return {
    environment,
    config,
    userConfig,
    clock,
    isRehearsal,
    countingThreadUrl: createApp(settings.logLevel).countingThreadUrl,
  };
}
