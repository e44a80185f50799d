import { InvalidArgumentError, Option } from 'commander';
import { callControl, type RegionStatus, type Status } from '@assistant/emulator';
import { NotDeployedError } from './errors';
import { projectConfig } from './project';

export type TargetName = 'local' | 'aws';

/** @param local what the target `local` is */
export const targetOption = (local = 'a running `npm start`'): Option =>
  new Option('--target <where>', `${local}, or a deployment, by the credentials that AWS’s SDK finds`)
    .choices(['local', 'aws'])
    .default('local');

/** Of a command without a choice: who names a deployment learns so. @param instead what there is of one, as a sentence */
export const localOnlyOption = (instead: string): Option =>
  new Option('--target <where>').hideHelp().argParser((where) => {
    if (where === 'local') return where;
    throw new InvalidArgumentError(`This is of a running \`npm start\` alone. ${instead}`);
  });

/** Handles an SDK's requests: what has not answered within so many milliseconds does not answer. */
export const answersWithin = (requestTimeout: number) => ({
  connectionTimeout: 3_000,
  requestTimeout,
  // Without it the SDK only writes a warning.
  throwOnRequestTimeout: true,
});

/** So long an operator in need waits for a region that does not answer, in milliseconds. */
export const IN_NEED_MS = 5_000;

export type Role = 'primary' | 'secondary';

/** Where a service is and who calls it; on AWS a region is enough. */
export interface ServiceConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A region of the assistant, and what reaches its services. */
export interface Region {
  readonly region: string;
  readonly appConfig: ServiceConfig;
  /** Its control plane. */
  readonly bedrock: ServiceConfig;
  readonly bedrockRuntime: ServiceConfig;
  readonly cloudWatch: ServiceConfig;
  readonly dynamoDb: ServiceConfig;
  readonly iam: ServiceConfig;
  readonly serviceQuotas: ServiceConfig;
  readonly xray: ServiceConfig;
}

export type Regions = Readonly<Record<Role, Region>> & {
  /** Emulated milliseconds in a real one; 1 on AWS. */
  readonly speed: number;
  /** The time that the models' lifecycle goes by, in milliseconds since the epoch. */
  readonly modelsNow: number;
};

/** @throws Error where nothing runs, with what to do */
export const readStatus = async (): Promise<Status> => (await callControl('GET', '/status')) as Status;

/** @throws NotDeployedError where a rehearsal has deployed another region alone */
export function requireRegion({ regions }: Pick<Status, 'regions'>, role: Role): RegionStatus {
  const region = regions[role];
  if (region !== undefined) return region;
  throw new NotDeployedError(
    `The ${role} region is not deployed: npm run assistant -- rehearse deploy primary secondary`,
  );
}

/** @throws Error where no `npm start` runs, and CommandError when a region is used that is not deployed */
export async function openRegions(target: TargetName): Promise<Regions> {
  if (target === 'aws')
    return {
      ...{ speed: 1, modelsNow: Date.now() },
      ...{ primary: awsRegion('primary'), secondary: awsRegion('secondary') },
    };
  const status = await readStatus();
  return {
    speed: status.clock.speed,
    modelsNow: status.clock.models,
    get primary() {
      return localRegion(requireRegion(status, 'primary'));
    },
    get secondary() {
      return localRegion(requireRegion(status, 'secondary'));
    },
  };
}

function awsRegion(role: Role): Region {
  const region = projectConfig().regions[role];
  const service = { region };
  // IAM is one service for all regions, and signs for this one.
  const iam = { region: 'us-east-1' };
  return {
    region,
    appConfig: service,
    bedrock: service,
    bedrockRuntime: service,
    cloudWatch: service,
    dynamoDb: service,
    iam,
    serviceQuotas: service,
    xray: service,
  };
}

const localRegion = ({ region, clients }: RegionStatus): Region => ({ region, ...clients });
