import { App } from 'cdktf';
import { ConfigError, readConfig } from './constructs/config/read-config';
import { ConversationsStack } from './constructs/conversations-stack';
import { MlopsStack } from './constructs/mlops-stack';
import { RegionalStack } from './constructs/regional-stack';

try {
  const config = readConfig();
  const app = new App();
  // The stacks share literals of the configuration, and nothing else: each applies, changes and is destroyed alone.
  new RegionalStack(app, 'primary', { config, role: 'primary' });
  new RegionalStack(app, 'secondary', { config, role: 'secondary' });
  const { conversations } = config;
  if (conversations) new ConversationsStack(app, 'conversations', { config, conversations });
  new MlopsStack(app, 'mlops', { config });
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
