import { AppError } from '../../errors.ts';
import { type FlagValues, parseSimulatorFlags, SIMULATOR_FLAGS, SimulatorFlagError } from '../../simulator/flags.ts';
import type { SimulatorOptions } from '../../simulator/options.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { say, writeResult } from '../output/streams.ts';

/** The flags that it takes, as data. */
export { SIMULATOR_FLAGS };

/** `llm-bench simulate`: the simulated endpoint, until it is interrupted. Its URL is the first line on stdout. */
export const simulate: Command<FlagValues> = async (flags) => {
  const options = readOptions(flags);
  const simulator = await listen(options);
  // Before the URL is out: whoever reads it may be done at once.
  const interrupted = new Promise<undefined>((resolve) => {
    listenForInterrupts(() => resolve(undefined));
  });
  await writeResult(simulator.url);
  say(`simulating an LLM endpoint at ${simulator.url}, other families at their own paths; Ctrl-C ends it`);
  const trouble = await Promise.race([simulator.failed, interrupted]);
  if (trouble !== undefined) throw truthFailed(options, trouble);
  await simulator.close();
  return EXIT.ok;
};

function readOptions(flags: FlagValues): SimulatorOptions {
  try {
    return parseSimulatorFlags(flags);
  } catch (error) {
    if (!(error instanceof SimulatorFlagError)) throw error;
    const [, flag = 'simulate', problem = error.message] = /^(--[\w-]+): (.*)$/s.exec(error.message) ?? [];
    throw new AppError('FLAG_INVALID', { flag, problem, command: 'simulate' }, { cause: error });
  }
}

/** A record that is not whole is worse than none. */
function truthFailed({ truthFile }: SimulatorOptions, cause: Error): AppError {
  const reason = (cause as NodeJS.ErrnoException).code ?? cause.message;
  return new AppError('TRUTH_WRITE_FAILED', { file: truthFile ?? '', reason }, { cause });
}

async function listen(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    if (syscall === 'open') throw truthFailed(options, error as Error);
    const reason = code === 'EADDRINUSE' ? 'the port is taken' : message;
    throw new AppError('PORT_UNAVAILABLE', { host: options.host, port: options.port, reason }, { cause: error });
  }
}
