import type { Command } from 'commander';
import { openApiDocument } from '../../contract/openapi';
import { tellJson } from '../command/output';
import { projectConfig } from '../command/project';

export const openApiCommand = (command: Command): Command =>
  command
    .option('--json', 'as it is without, too', false)
    .addHelpText(
      'after',
      `
For client generators and API catalogues. docs/openapi.json is the same for the
shipped names.

Example:
  npm run --silent assistant -- openapi > openapi.json`,
    )
    .action(() => {
      tellJson(openApiDocument(projectConfig()));
    });
