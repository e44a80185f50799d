/** What the mlops stack calls its parts; commands know them by these names where they are not told. */
export const trainingBucketName = (project: string, account: string, region: string): string =>
  // Bucket names are global, so the account makes it ours.
  `${project}-training-${account}-${region}`;

/** IAM is one for all regions, so the region tells roles apart. */
export const trainingRoleName = (project: string, region: string): string => `${project}-training-${region}`;

export const trainingKeyAlias = (project: string): string => `alias/${project}-training`;

export const modelPackageGroupName = (project: string): string => `${project}-tuned-models`;
