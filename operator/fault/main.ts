import { Command, Option } from 'commander';
import { FAULT_MODES, isInMlops, callControl } from '@assistant/emulator';

const modes = Object.entries(FAULT_MODES).map(
  ([target, byMode]) => `  ${target}: ${Object.keys(byMode).join(', ')}`,
);

const program = new Command('npm run fault --').description(
  'Injects faults into a running `npm start`, and ends them.',
);

program
  .command('add <target> <mode>')
  .description('injects a fault')
  .addOption(
    new Option('--region <role>', 'where; without: both, or mlops for the services of that stack').choices([
      'primary',
      'secondary',
      'both',
      'mlops',
    ]),
  )
  .option('--model <id>', 'only into calls of this model')
  .option('--rate <share>', 'share of the calls that it hits, 0 to 1', Number)
  .option('--seconds <n>', 'how long it lasts; without, until `clear`', Number)
  .option('--on <n>', 'flapping: seconds in force, ...', Number)
  .option('--off <n>', '... and seconds not, in turn', Number)
  .option('--ms <n>', 'with slow and drip: milliseconds', Number)
  .option('--retry-after <n>', 'with throttle: the header Retry-After, in seconds', Number)
  .option('--events <n>', 'with stream_...: events of the stream that come before', Number)
  .addHelpText('after', ['', 'Targets and their modes:', ...modes].join('\n'))
  .action(async (target: string, mode: string, options: Record<string, unknown>) => {
    print(
      await callControl('POST', '/faults', {
        region: isInMlops(target) ? 'mlops' : 'both',
        target,
        mode,
        ...options,
      }),
    );
  });

program
  .command('list')
  .description('shows the faults in force')
  .action(async () => {
    print(await callControl('GET', '/faults'));
  });

program
  .command('clear')
  .description('ends all faults')
  .action(async () => {
    await callControl('DELETE', '/faults');
    print('No faults.');
  });

const print = (value: unknown): void => {
  process.stdout.write(`${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}\n`);
};

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
