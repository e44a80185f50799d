import { Command } from 'commander';
import { CommandError } from './command/command-error';
import { describeError } from './command/service-errors';
import { note } from './command/tell';
import { checkCommand } from './dataset/check-command';
import { listCommand } from './job/list-command';
import { startCommand } from './job/start-command';
import { stopCommand } from './job/stop-command';
import { watchCommand } from './job/watch-command';
import { deployCommand } from './serve/deploy-command';
import { undeployCommand } from './serve/undeploy-command';
import { openTarget } from './target/open-target';
import { uploadCommand } from './upload/upload-command';

const HELP = `
From a file to answers, and back, against a running \`npm start\` (or, with --target aws, a deployment):

  npm run finetune -- check  operator/finetune/sample/customer-service.jsonl
  npm run finetune -- upload operator/finetune/sample/customer-service.jsonl --key train/customer-service.jsonl
  npm run finetune -- start  --data train/customer-service.jsonl --name support-1
  npm run finetune -- watch  support-1
  npm run finetune -- deploy support-1 --promote general
  npm run finetune -- undeploy support-1

Each command tells more: npm run finetune -- start --help`;

const program = new Command('npm run finetune --')
  .description('Fine-tunes a model on your own conversations, and serves it.')
  .addCommand(checkCommand())
  .addCommand(uploadCommand(openTarget))
  .addCommand(startCommand())
  .addCommand(watchCommand())
  .addCommand(stopCommand())
  .addCommand(listCommand())
  .addCommand(deployCommand())
  .addCommand(undeployCommand())
  .addHelpText('after', HELP);

// Its advice is for those who deploy on this Node; this command only runs on it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

program.parseAsync().catch((error: unknown) => {
  note(error instanceof CommandError ? error.message : describeError(error));
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
});
