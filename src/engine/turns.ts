import type { Target } from '../model/target.ts';

/**
 * Runs every target once: providers side by side, as many as `providerConcurrency` allows (undefined: all), the models of one provider in
 * turns, so that they do not compete.
 */
export async function inTurns(
  targets: readonly Pick<Target, 'provider'>[],
  providerConcurrency: number | undefined,
  run: (targetIndex: number) => Promise<void>,
): Promise<void> {
  const waiting = [...Map.groupBy(targets.keys(), (index) => targets[index]?.provider).values()];
  const lane = async (): Promise<void> => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      for (const targetIndex of group) await run(targetIndex);
    }
  };
  const lanes = Math.min(waiting.length, providerConcurrency ?? waiting.length);
  await Promise.all(Array.from({ length: lanes }, lane));
}
