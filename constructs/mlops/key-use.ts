/** What a training job does with the key, through one service. */
export interface KeyUse {
  /** Value of `kms:ViaService`. */
  readonly service: string;
  readonly actions: readonly string[];
}

/**
 * S3 decrypts and encrypts objects; Bedrock encrypts the custom model, where a job is told to do so with this key.
 * Source: Bedrock user guide, "Encryption of custom models".
 */
export const keyUses = (region: string): readonly KeyUse[] => [
  { service: `s3.${region}.amazonaws.com`, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  {
    service: `bedrock.${region}.amazonaws.com`,
    actions: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:CreateGrant'],
  },
];
