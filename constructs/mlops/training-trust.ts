/**
 * The trust policy of the training role: each service acts for this account alone, and Bedrock for its customization
 * jobs alone. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function trainingTrust(account: string, region: string): string {
  const statement = (service: string, conditions = {}) => ({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'aws:SourceAccount': account }, ...conditions },
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      statement('bedrock.amazonaws.com', {
        ArnLike: { 'aws:SourceArn': `arn:aws:bedrock:${region}:${account}:model-customization-job/*` },
      }),
      statement('sagemaker.amazonaws.com'),
    ],
  });
}
