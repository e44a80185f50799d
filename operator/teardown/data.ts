import { createWriteStream, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppConfigClient, DeleteHostedConfigurationVersionCommand } from '@aws-sdk/client-appconfig';
import { DescribeTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { AssistantConfig, Role } from '../../constructs/config/assistant-config';
import { CommandError, isNotFound, NotDeployedError } from '../command/errors';
import { makeFolder } from '../command/files';
import { openRegions, type TargetName } from '../command/target';
import { counted } from '../command/words';
import { describeRegister, emptyRegister } from '../finetune/serve/register';
import { openTarget } from '../finetune/target/open-target';
import type { Target } from '../finetune/target/target';
import { isTakenBack, ModelConfigStore } from '../model-config/deployed-model-config';
import { type Holding, holdingsOf, type StackName } from './holdings';

/** Of a deployment, what a teardown reads and deletes. */
export interface Data {
  /** How much there is, in words; undefined where nobody counts it. */
  count(holding: Holding): Promise<string | undefined>;
  /** Writes all of it into a folder. @returns what was written, in words; undefined where it is not for a file */
  export(holding: Holding, folder: string): Promise<string | undefined>;
  /**
   * AppConfig deletes no profile, and SageMaker no group, that has versions which Terraform has not made.
   * @returns how many there were
   */
  deleteVersions(holding: Holding): Promise<number>;
}

/** Customers' text is in them: they are for whoever writes them alone. */
const FILE_MODE = 0o600;

export function openData(target: TargetName, config: AssistantConfig): Data {
  async function* items(holding: Holding) {
    const client = new DynamoDBClient({ ...(await openRegions(target))[roleOf(holding)].dynamoDb });
    try {
      for await (const { Items = [] } of paginateScan({ client }, { TableName: holding.name })) yield* Items;
    } finally {
      client.destroy();
    }
  }
  async function withStore<T>(holding: Holding, act: (store: ModelConfigStore) => Promise<T>): Promise<T> {
    const client = new AppConfigClient({ ...(await openRegions(target))[roleOf(holding)].appConfig });
    try {
      return await act(await ModelConfigStore.open(client, holding.region, config));
    } finally {
      client.destroy();
    }
  }
  async function* objects() {
    const opened = await openTarget({ target });
    const { s3: client, bucket } = opened;
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket }))
        for (const { Key = '' } of Contents)
          yield { key: Key, open: () => client.send(new GetObjectCommand({ Bucket: bucket, Key })) };
    } finally {
      opened.close();
    }
  }
  const ofRegister = async <T>(act: (of: Target) => Promise<T>): Promise<T> => {
    const opened = await openTarget({ target });
    return act(opened).finally(() => {
      opened.close();
    });
  };
  return {
    async count(holding) {
      if (holding.kind === 'table') return counted(await countOf(items(holding)), 'item');
      if (holding.kind === 'versions')
        return counted((await withStore(holding, (store) => store.operatorsVersions())).length, 'version');
      if (holding.kind === 'register') return counted((await ofRegister(describeRegister)).length, 'package');
      return holding.kind === 'bucket' ? counted(await countOf(objects()), 'object') : undefined;
    },
    async export(holding, folder) {
      const base = `${holding.region}.${holding.name}`;
      if (holding.kind === 'table') {
        const lines: string[] = [];
        for await (const item of items(holding)) lines.push(`${JSON.stringify(item)}\n`);
        writeFileSync(join(folder, `${base}.jsonl`), lines.join(''), { mode: FILE_MODE, flag: 'wx' });
        return `${base}.jsonl: ${counted(lines.length, 'item')}, as DynamoDB writes them`;
      }
      if (holding.kind === 'versions') {
        return withStore(holding, async (store) => {
          const numbers = await store.operatorsVersions();
          for (const number of numbers) {
            // As it stands: not every version need be one that can be read.
            const text = `${await store.content(number)}\n`;
            writeFileSync(join(folder, `${base}.${number}.json`), text, { mode: FILE_MODE, flag: 'wx' });
          }
          return `${base}.N.json: ${counted(numbers.length, 'version')}`;
        });
      }
      if (holding.kind === 'register') {
        const packages = await ofRegister(describeRegister);
        const lines = packages.map((each) => `${JSON.stringify(each)}\n`);
        writeFileSync(join(folder, `${base}.jsonl`), lines.join(''), { mode: FILE_MODE, flag: 'wx' });
        return `${base}.jsonl: ${counted(lines.length, 'package')}, as SageMaker describes them`;
      }
      if (holding.kind !== 'bucket') return undefined;
      const root = resolve(folder, 'training');
      let count = 0;
      for await (const { key, open } of objects()) {
        const file = resolve(root, key);
        if (!file.startsWith(root + sep)) throw new CommandError(`${key} is no name of a file in ${root}.`);
        makeFolder(dirname(file));
        const { Body } = await open();
        await pipeline(Body as Readable, createWriteStream(file, { mode: FILE_MODE, flags: 'wx' }));
        count += 1;
      }
      return `training/: ${counted(count, 'object')}, in ${count === 1 ? 'its newest version' : 'their newest versions'}`;
    },
    deleteVersions(holding) {
      if (holding.kind === 'register') return ofRegister(emptyRegister);
      return withStore(holding, deleteOperatorsVersions).catch((error: unknown) => {
        // An earlier run has come that far.
        if (isGone(error)) return 0;
        throw error;
      });
    },
  };
}

/** Whether what was asked for is not there, as after an earlier run. */
export const isGone = (error: unknown): boolean => isNotFound(error) || error instanceof NotDeployedError;

/** That in force last, so that what ends before has taken no rules from anybody. @returns how many there were */
export async function deleteOperatorsVersions(store: ModelConfigStore): Promise<number> {
  const numbers = await store.operatorsVersions();
  const inForce = await versionInForce(store);
  const { ApplicationId, ConfigurationProfileId } = store.ids;
  for (const VersionNumber of [...numbers].sort(
    (one, other) => Number(one === inForce) - Number(other === inForce),
  )) {
    const version = { ApplicationId, ConfigurationProfileId, VersionNumber };
    await store.client.send(new DeleteHostedConfigurationVersionCommand(version)).catch((error: unknown) => {
      // Somebody else is at the same.
      if (!isNotFound(error)) throw error;
    });
  }
  return numbers.length;
}

async function versionInForce(store: ModelConfigStore): Promise<number | undefined> {
  for await (const deployment of store.deployments()) if (!isTakenBack(deployment)) return deployment.version;
  return undefined;
}

/** Whether a deployment refuses to lose what is in the stack's tables; not so where they are gone. */
export async function areTablesProtected(
  config: AssistantConfig,
  stack: StackName,
): Promise<boolean | undefined> {
  const tables = holdingsOf(config, [stack]).filter(({ kind }) => kind === 'table');
  if (tables.length === 0) return undefined;
  const client = new DynamoDBClient({ ...(await openRegions('aws'))[roleOf({ stack })].dynamoDb });
  try {
    const found = await Promise.all(
      tables.map(({ name }) =>
        client.send(new DescribeTableCommand({ TableName: name })).then(
          ({ Table }) => Table?.DeletionProtectionEnabled === true,
          (error: unknown) => {
            if (isNotFound(error)) return false;
            throw error;
          },
        ),
      ),
    );
    return found.includes(true);
  } finally {
    client.destroy();
  }
}

const roleOf = ({ stack }: Pick<Holding, 'stack'>): Role => (stack === 'secondary' ? 'secondary' : 'primary');

async function countOf(all: AsyncIterable<unknown>): Promise<number> {
  const iterator = all[Symbol.asyncIterator]();
  let count = 0;
  while ((await iterator.next()).done !== true) count += 1;
  return count;
}
