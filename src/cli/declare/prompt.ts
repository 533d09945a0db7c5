import { Option } from 'commander';
import { type Declare, showHelpAlone } from './declare.ts';
import { addTargetOptions } from './target-options.ts';

export const declarePrompt: Declare = (program, act) => {
  const prompt = program.command('prompt').description('make files of prompts').helpCommand(false);
  addTargetOptions(prompt.command('generate').description('ask a model for diverse prompts'))
    .optionsGroup('What is written:')
    .option('-n, --count <n>', 'so many prompts (default 10)')
    .option('--instruction <text>', 'what they should be like')
    .option('-o, --output <file>', 'where they go (default prompts.txt)')
    .addOption(
      new Option('--format <format>', "default by the file's name; txt has one line each").choices([
        'txt',
        'jsonl',
        'yaml',
      ]),
    )
    .option('--force', 'overwrite a file that is there')
    .action(act(async () => (await import('../commands/prompt.ts')).promptGenerate));
  showHelpAlone(prompt);
};
