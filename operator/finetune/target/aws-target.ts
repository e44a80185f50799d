import { mlopsRegion } from '../../../constructs/config/mlops-config';
import { readConfig } from '../../../constructs/config/read-config';
import { createClients } from './clients';
import { derivedOutputs } from './derived-outputs';
import { namesEverything, stackResources } from './stack-resources';
import type { Target } from './target';
import { terraformOutputs } from './terraform-outputs';

/**
 * A deployment, by the credentials that the AWS SDK finds.
 * @throws Error where it is not known what the mlops stack made, or no credentials are found
 */
export async function awsTarget(environment = process.env): Promise<Target> {
  const config = readConfig();
  const region = mlopsRegion(config);
  const here = { region };
  const clients = createClients(
    { s3: here, bedrock: here, sageMaker: here, iam: here, sts: here },
    { primary: { region: config.regions.primary }, secondary: { region: config.regions.secondary } },
  );
  try {
    const outputs = namesEverything(environment) ? {} : await readOutputs(clients.sts, config, region);
    return { kind: 'aws', config, region, ...stackResources(environment, outputs), ...clients, speed: 1 };
  } catch (error) {
    clients.close();
    throw error;
  }
}

const readOutputs = async (...deployment: Parameters<typeof derivedOutputs>) =>
  (await terraformOutputs()) ?? derivedOutputs(...deployment);
