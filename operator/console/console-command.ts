import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { foreignPageRefusal, portBase, PORTS } from '@assistant/emulator';
import { CommandError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { wholeNumber } from '../command/options';
import { tell } from '../command/output';
import { projectConfig } from '../command/project';
import { openRegions, readStatus, targetOption, type TargetName } from '../command/target';
import { AwsLook, type Account } from './server/aws/aws-look';
import { createHandle } from './server/handle';
import { aboutOf, Live } from './server/live';
import { untilInterrupted } from '../command/interruption';

const DEFAULT_PORT = 4_180;

const HELP = `
Of a running \`npm start\`, it says where its console is. Of a deployment, it
serves the same page to this machine alone, read-only, by the credentials that
AWS’s SDK finds: records and health checks of Route 53, metrics and alarms of
CloudWatch, the deployed rules, circuits and the evacuation switch. It asks AWS
while a page is open, and then once a minute for metrics (CloudWatch takes about
a cent an hour for them), every 15 s for the rest, however many pages are open.

What it may not read, or does not reach, it says on the page. It takes
  route53:ListResourceRecordSets, GetHealthCheck, GetHealthCheckStatus
  cloudwatch:DescribeAlarms, GetMetricData
  appconfig:List*, GetHostedConfigurationVersion
  dynamodb:Scan on PROJECT-circuits, GetItem on PROJECT-switches

Exit codes: ${EXIT.done} ended by Ctrl-C; ${EXIT.failed} nothing runs, no credentials, or no port.`;

export const consoleCommand = (command: Command): Command =>
  command
    .addOption(targetOption())
    .option('--port <number>', 'of the page; 0 for a free one', wholeNumber(0, 65_535), DEFAULT_PORT)
    .addHelpText('after', HELP)
    .action(async ({ target, port }: { readonly target: TargetName; readonly port: number }) => {
      if (target === 'local') {
        await readStatus();
        tell(`http://127.0.0.1:${portBase() + PORTS.control}/`);
        return;
      }
      const page = await serveConsole(await openAccount(), port);
      tell(`${page.url}  (read-only; Ctrl-C ends it)`);
      await untilInterrupted('Nothing was changed.', async (signal) => {
        await once(signal, 'abort');
      });
      await page.close();
    });

/** As the SDK's environment leads to it. */
export const openAccount = async (): Promise<Account> => ({
  config: projectConfig(),
  regions: await openRegions('aws'),
  // One service for all regions, which signs for this one.
  route53: { region: 'us-east-1' },
  now: Date.now,
});

/** @throws Error where no credentials are found, CommandError where the port is not to be had */
export async function serveConsole(account: Account, port: number) {
  const look = new AwsLook(account);
  await look.signIn();
  const live = new Live(aboutOf(account.config, null), look);
  const page = createHandle(() => Promise.resolve({ live }));
  const server = createServer((request, response) => {
    const refusal = foreignPageRefusal(request.headers);
    if (refusal === undefined) page(request, response);
    else response.writeHead(403, { 'Content-Type': 'application/json' }).end(JSON.stringify(refusal));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new CommandError(
      `Port ${port} is ${code === 'EADDRINUSE' ? 'taken' : `not to be had (${code})`}: name another by --port, or 0 for a free one.`,
      EXIT.failed,
      { cause: error },
    );
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
