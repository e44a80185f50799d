import { join } from 'node:path';
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Account } from './cloud/account';
import { Cloud } from './cloud/cloud';
import type { AccountSettings } from './cloud/rules/rule';
import { Failures, type Document, type Failure } from './failures';
import { Provider } from './provider';
import { ProviderSchema } from './schema/provider-schema';

export { MOMENTS, parseFailure } from './failures';
export { NAME_LIMITS, nameFaults } from '../stack/names';
export type { AccountSettings, Document, Failure };

export interface ProviderOptions {
  /** The package that CDKTF generated for the provider, e.g. node_modules/@cdktf/provider-aws. */
  readonly bindings: string;
  /** Where the account's resources are kept. */
  readonly accountFile: string;
  readonly account: AccountSettings;
  /** What is deployed, as synthesized (`cdk.tf.json`). */
  readonly stacks: readonly Document[];
  readonly failures?: readonly Failure[];
  /** How long each call of the cloud takes. @default 0 */
  readonly latencyMs?: number;
}

export interface RunningProvider {
  /** By these variables Terraform uses the provider in place of one that it would download. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

/**
 * Serves a provider hashicorp/aws to the Terraform CLI of this machine: an account in a file takes AWS's place.
 * @throws Error for bindings of another version of the provider, and for types that are not known
 */
export async function startProvider(options: ProviderOptions): Promise<RunningProvider> {
  const schema = new ProviderSchema(options.bindings);
  refuseUnknownTypes(schema, options.stacks);
  const { failures = [], latencyMs = 0 } = options;
  const cloud = new Cloud(new Account(options.accountFile), options.account);
  const provider = new Provider(schema, cloud, new Failures(failures, options.stacks), latencyMs);
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  server.addService(serviceDefinition(), {
    GetSchema: handler(provider.getSchema),
    PrepareProviderConfig: handler(provider.prepare),
    ValidateResourceTypeConfig: handler(provider.validate),
    ValidateDataSourceConfig: handler(() => ({})),
    UpgradeResourceState: handler(provider.upgradeState),
    Configure: handler(provider.configure),
    ReadResource: handler(provider.read),
    PlanResourceChange: handler(provider.plan),
    ApplyResourceChange: handler(provider.apply),
    ReadDataSource: handler(provider.readData),
    Stop: handler(provider.stop),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  const attached = {
    Protocol: 'grpc',
    ProtocolVersion: 5,
    Pid: process.pid,
    // Terraform is to leave the process alone when it is done.
    Test: true,
    Addr: { Network: 'tcp', String: `127.0.0.1:${port}` },
  };
  return {
    environment: { TF_REATTACH_PROVIDERS: JSON.stringify({ 'hashicorp/aws': attached }) },
    close: () => {
      server.forceShutdown();
    },
  };
}

function refuseUnknownTypes(schema: ProviderSchema, stacks: readonly Document[]): void {
  const unknown = stacks.flatMap(({ resource, data }) => [
    ...Object.keys(resource ?? {}).filter((type) => !schema.resources.has(type)),
    ...Object.keys(data ?? {})
      .filter((type) => !schema.dataSources.has(type))
      .map((type) => `data.${type}`),
  ]);
  if (unknown.length === 0) return;
  throw new Error(
    `${[...new Set(unknown)].join(', ')}: which changes replace such a resource, and what AWS makes up for it, is not ` +
      'known here. emulator/README.md ("A new resource type") says where to add it.',
  );
}

function serviceDefinition() {
  const definition = loadSync(join(__dirname, 'protocol', 'tfplugin5.proto'), {
    longs: Number,
    enums: String,
    defaults: true,
  });
  const { tfplugin5 } = loadPackageDefinition(definition) as unknown as {
    tfplugin5: { Provider: ServiceClientConstructor };
  };
  return tfplugin5.Provider.service;
}

type Answer = (request: never, connection: string) => object | Promise<object>;

const handler = (answer: Answer): UntypedHandleCall =>
  ((call: { request: never; getPeer(): string }, callback: (error: unknown, answer?: object) => void) => {
    void (async () => answer(call.request, call.getPeer()))().then((value) => {
      callback(null, value);
    }, callback);
  }) as unknown as UntypedHandleCall;
