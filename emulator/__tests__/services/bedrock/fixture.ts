import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import {
  BedrockClient,
  CreateModelCustomizationJobCommand,
  GetModelCustomizationJobCommand,
  type CreateModelCustomizationJobRequest,
  type GetModelCustomizationJobCommandOutput,
} from '@aws-sdk/client-bedrock';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createBedrockControl } from '../../../services/bedrock/bedrock-control';
import type { BedrockControlOptions, ObjectStore } from '../../../services/bedrock/options';
import { OPERATOR } from '../../../platform/policy/authorizer';
import { ManualClock } from '../../platform/manual-clock';
import { authorizerOf, documentOf, ROLE } from '../../platform/policy/fixture';

export { ROLE };

const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
export const BUCKET = 'assistant-training';
export const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
export const NOVA = 'amazon.nova-micro-v1:0:128k';
export const LLAMA = 'meta.llama3-1-8b-instruct-v1:0:128k';

/** Everything that a customization job needs, each as one statement that a test may leave out. */
export const PERMISSIONS = {
  list: {
    Action: 's3:ListBucket',
    Resource: `arn:aws:s3:::${BUCKET}`,
    Condition: { StringLike: { 's3:prefix': 'train/*' } },
  },
  read: { Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/train/*` },
  write: { Action: 's3:PutObject', Resource: `arn:aws:s3:::${BUCKET}/output/*` },
  decrypt: { Action: 'kms:Decrypt', Resource: KEY },
  encrypt: { Action: 'kms:GenerateDataKey', Resource: KEY },
};

/** Trusts Bedrock for customization jobs of one account and region. */
export const trust = (region = REGION, account = ACCOUNT, service = 'bedrock.amazonaws.com') => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { Service: service },
  Condition: {
    StringEquals: { 'aws:SourceAccount': account },
    ArnLike: { 'aws:SourceArn': `arn:aws:bedrock:${region}:${account}:model-customization-job/*` },
  },
});

/** Objects in memory, each under `bucket/key`. */
class Objects implements ObjectStore {
  readonly contents = new Map<string, string>();

  get(bucket: string, key: string): Readable | undefined {
    const content = this.contents.get(`${bucket}/${key}`);
    return content === undefined ? undefined : Readable.from(content, { objectMode: false });
  }

  put(bucket: string, key: string, body: string): void {
    this.contents.set(`${bucket}/${key}`, body);
  }
}

export const conversation = (question: string, answer = 'It is on its way.') => ({
  schemaVersion: 'bedrock-conversation-2024',
  system: [{ text: 'You answer customers.' }],
  messages: [
    { role: 'user', content: [{ text: question }] },
    { role: 'assistant', content: [{ text: answer }] },
  ],
});

export const jsonLines = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

export const CONVERSATIONS = Array.from({ length: 20 }, (_, n) => conversation(`Where is parcel ${n}?`));

export interface RigOptions extends Partial<BedrockControlOptions> {
  readonly permissions?: readonly object[];
  readonly trusted?: object;
}

/** A running control plane and an unmodified client that calls it; time passes only when it is told to. */
export class Rig {
  private constructor(
    /** what can be invoked */
    readonly served: ReadonlyMap<string, string>,
    readonly clock: ManualClock,
    readonly objects: Objects,
    readonly control: ReturnType<typeof createBedrockControl>,
    readonly client: BedrockClient,
    readonly url: string,
  ) {}

  static async start({ permissions, trusted, ...options }: RigOptions = {}): Promise<Rig> {
    const clock = new ManualClock();
    const objects = new Objects();
    objects.put(BUCKET, 'train/data.jsonl', jsonLines(CONVERSATIONS));
    objects.put(BUCKET, 'train/validation.jsonl', jsonLines(CONVERSATIONS.slice(0, 3)));
    const allowed = (permissions ?? Object.values(PERMISSIONS)).map((each) => ({ Effect: 'Allow', ...each }));
    const iam = authorizerOf([documentOf(...allowed)], documentOf(trusted ?? trust()));
    const served = new Map<string, string>();
    const control = createBedrockControl({
      region: REGION,
      clock,
      data: objects,
      keys: [KEY],
      encryptionKey: () => KEY,
      assumable: (...call) => iam.assumable(...call),
      authorize: (principal, ...call) => {
        if (principal !== OPERATOR.accessKeyId) iam.authorize(principal, ...call);
      },
      served,
      ...options,
    });
    const url = await control.listen();
    return new Rig(served, clock, objects, control, clientOf(url, options.region), url);
  }

  async close(): Promise<void> {
    this.client.destroy();
    await this.control.close();
  }

  /** Lets emulated time pass, and what is due in it happen. */
  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    // Readers and promises need some turns of the event loop, and no time.
    for (let turns = 0; turns < 20; turns += 1) await turn();
  }

  job(changes: Partial<CreateModelCustomizationJobRequest> = {}): CreateModelCustomizationJobRequest {
    return {
      jobName: 'tuning',
      customModelName: 'support',
      roleArn: ROLE,
      baseModelIdentifier: NOVA,
      trainingDataConfig: { s3Uri: `s3://${BUCKET}/train/data.jsonl` },
      outputDataConfig: { s3Uri: `s3://${BUCKET}/output/` },
      hyperParameters: { epochCount: '2' },
      ...changes,
    };
  }

  async create(changes: Partial<CreateModelCustomizationJobRequest> = {}): Promise<string> {
    const { jobArn } = await this.client.send(new CreateModelCustomizationJobCommand(this.job(changes)));
    return jobArn ?? '';
  }

  get(jobIdentifier: string): Promise<GetModelCustomizationJobCommandOutput> {
    return this.client.send(new GetModelCustomizationJobCommand({ jobIdentifier }));
  }

  /** Passes time until a job is over. */
  async finished(jobIdentifier: string): Promise<GetModelCustomizationJobCommandOutput> {
    for (let minutes = 0; minutes < 500; minutes += 1) {
      const job = await this.get(jobIdentifier);
      if (job.endTime) return job;
      await this.advance(60_000);
    }
    throw new Error(`${jobIdentifier} does not end.`);
  }

  /** A custom model, made by a job. */
  async customModel(changes: Partial<CreateModelCustomizationJobRequest> = {}): Promise<string> {
    const job = await this.finished(await this.create(changes));
    return job.outputModelArn ?? '';
  }
}

export const clientOf = (endpoint: string, region = REGION): BedrockClient =>
  new BedrockClient({
    endpoint,
    region,
    credentials: OPERATOR,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
