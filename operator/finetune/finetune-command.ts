import type { Command } from 'commander';
import { checkCommand } from './dataset/check-command';
import { convertCommand } from './dataset/convert-command';
import { listCommand } from './job/list-command';
import { startCommand } from './job/start-command';
import { stopCommand } from './job/find-job';
import { watchCommand } from './job/watch-job';
import { deployCommand } from './serve/deploy-command';
import { undeployCommand } from './serve/undeploy-command';
import { openTarget } from './target/open-target';
import { uploadCommand } from './upload/upload-command';

const HELP = `
From a file to answers, and back, against a running \`npm start\` (or, with
--target aws, a deployment):

  npm run assistant -- finetune check \\
    operator/finetune/sample/customer-service.jsonl
  npm run assistant -- finetune upload \\
    operator/finetune/sample/customer-service.jsonl
  npm run assistant -- finetune start --data train/customer-service.jsonl \\
    --name support-1
  npm run assistant -- finetune watch support-1
  npm run assistant -- finetune deploy support-1 --promote general
  npm run assistant -- finetune undeploy support-1

Each command tells more: npm run assistant -- finetune start --help`;

export const finetuneCommand = (command: Command): Command =>
  command
    .addCommand(checkCommand())
    .addCommand(convertCommand())
    .addCommand(uploadCommand(openTarget))
    .addCommand(startCommand())
    .addCommand(watchCommand())
    .addCommand(stopCommand())
    .addCommand(listCommand())
    .addCommand(deployCommand())
    .addCommand(undeployCommand())
    .addHelpText('after', HELP);
