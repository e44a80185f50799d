/**
 * The regions of the partition `aws`, which every ARN here names; GovCloud and China are partitions of their own.
 * Source: the AWS SDK's own list of partitions, as of November 2026.
 */
export const REGIONS: readonly string[] = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'ca-west-1', 'mx-central-1'],
  ...['sa-east-1', 'sa-west-1', 'eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2'],
  ...['eu-west-1', 'eu-west-2', 'eu-west-3', 'il-central-1', 'me-central-1', 'me-south-1', 'me-west-1'],
  ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
  ...['ap-south-1', 'ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4'],
  ...['ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7'],
];

const within = (...areas: readonly string[]): readonly string[] =>
  REGIONS.filter((region) => areas.some((area) => region.startsWith(area)));

/**
 * From where Bedrock's inference profiles are called, by the prefix of their ids. A region stands here if any model's
 * profile takes calls from it; each model's own page has the regions of that model. Source: Bedrock user guide,
 * "Supported Regions and models for inference profiles"; AWS CDK, CrossRegionInferenceProfileRegion.
 */
export const GEOGRAPHIES: Readonly<Record<string, readonly string[]>> = {
  global: REGIONS,
  us: within('us-', 'ca-central-1'),
  ca: within('ca-'),
  eu: within('eu-', 'il-central-1'),
  apac: within('ap-', 'me-central-1'),
  jp: ['ap-northeast-1', 'ap-northeast-3'],
  au: ['ap-southeast-2', 'ap-southeast-4', 'ap-southeast-6'],
};
