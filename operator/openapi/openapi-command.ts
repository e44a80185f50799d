import type { Command } from 'commander';
import { openApiDocument } from '../../contract/openapi';
import { tell } from '../command/output';
import { projectConfig } from '../command/project';

export const openApiCommand = (command: Command): Command =>
  command
    .addHelpText(
      'after',
      `
For client generators and API catalogues. docs/openapi.json is the same for the
shipped names.

Example:
  npm run --silent assistant -- openapi > openapi.json`,
    )
    .action(() => {
      tell(JSON.stringify(openApiDocument(projectConfig()), null, 2));
    });
