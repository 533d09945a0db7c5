import { Option } from 'commander';
import { collect, type Declare } from './declare.ts';

/** Its many flags are the simulator's own, and only loaded when it is meant. */
export const declareSimulate: Declare = async (program, act, argv) => {
  const command = program
    .command('simulate')
    .description('a simulated endpoint with known latencies and faults')
    .action(act(async () => (await import('../commands/simulate.ts')).simulate));
  if (argv[0] !== 'simulate') return;
  const { SIMULATOR_FLAGS } = await import('../commands/simulate.ts');
  for (const { flags, description, defaultValue, isRepeatable } of SIMULATOR_FLAGS) {
    const option = new Option(
      flags,
      defaultValue === undefined ? description : `${description} (default ${defaultValue})`,
    );
    command.addOption(isRepeatable === true ? option.argParser(collect) : option);
  }
};
