import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import {
  Annotations,
  App,
  Aspects,
  LocalBackend,
  S3Backend,
  TerraformDataSource,
  type TerraformElement,
  TerraformResource,
  TerraformStack,
} from 'cdktf';
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Node, type Construct, type IConstruct } from 'constructs';
import type { AssistantConfig } from './config/assistant-config';

export interface BaseStackProps {
  readonly config: AssistantConfig;
  /** The AWS region of everything in the stack. */
  readonly region: string;
}

/**
 * A stack of one region: its aliased provider, its own state, and readable state addresses. A resource or data
 * source without the aliased provider is an error, since Terraform would put it into the ambient region.
 */
export abstract class BaseStack extends TerraformStack {
  protected readonly provider: AwsProvider;
  private readonly addresses = new Map<string, string>();

  protected constructor(
    scope: Construct,
    readonly name: 'primary' | 'secondary' | 'conversations' | 'mlops',
    { config, region }: BaseStackProps,
  ) {
    super(scope, name);
    this.keepApart(config);
    this.provider = new AwsProvider(this, 'aws', {
      region,
      alias: region,
      defaultTags: [{ tags: { ...config.tags, project: config.project, stack: name } }],
    });
    this.createBackend(config, region);
    Aspects.of(this).add({ visit: requireProvider });
  }

  /**
   * State addresses spell the construct's path (`aws_lambda_function.assistant_primary_model`), without the hash that
   * CDKTF adds; a leaf named `default` stands for its parent. What the hash prevents is checked here.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = element instanceof Node ? element : element.node;
    const path = node.scopes.slice(1).map((part) => part.node.id);
    const steps = path.filter((step) => step !== this.node.id && step !== 'default');
    const id = steps.join('_').replace(/[^A-Za-z0-9_]/g, '_');
    this.claimAddress(`${typeOf(element)}.${id}`, node.path);
    return id;
  }

  private claimAddress(address: string, path: string): void {
    const holder = this.addresses.get(address) ?? path;
    if (holder !== path) {
      throw new Error(`${path}: its address ${address} is taken by ${holder}. Give it another id.`);
    }
    this.addresses.set(address, path);
  }

  /**
   * Terraform remembers beside a stack where its state is: each environment's stacks lie in a folder of their own, and
   * not in `stacks`, of which the CLI removes what the manifest does not name.
   */
  private keepApart({ environment }: AssistantConfig): void {
    if (environment === undefined) return;
    const app = App.of(this);
    const { name, workingDirectory, ...files } = app.manifest.forStack(this);
    const folder = `${dirname(workingDirectory)}-${environment}`;
    mkdirSync(join(app.outdir, folder), { recursive: true });
    const inFolder = (file: string) => join(folder, name, basename(file));
    // The manifest keeps the object, and the CLI finds the stack by it.
    Object.assign(app.manifest.forStack(this), {
      workingDirectory: join(folder, name),
      synthesizedStackPath: inFolder(files.synthesizedStackPath),
      stackMetadataPath: inFolder(files.stackMetadataPath),
    });
  }

  private createBackend({ backend, project, environment }: AssistantConfig, region: string): void {
    if (backend.type === 'local') {
      // In the project, relative to cdktf.out/stacks/<stack>: that folder goes when it is synthesized anew.
      const name = [...(environment === undefined ? [] : [environment]), this.name].join('.');
      new LocalBackend(this, { path: `../../../terraform.${name}.tfstate` });
      return;
    }
    const key = `${project}/${this.name}.tfstate`;
    const bucket = backend.buckets[this.name];
    if (bucket === undefined) throw new Error(`backend.buckets has none for ${this.name}.`);
    new S3Backend(this, { bucket, key, region, encrypt: true });
    // Locks by the bucket itself (Terraform 1.10 and later); the construct does not know the argument yet.
    this.addOverride('terraform.backend.s3.use_lockfile', true);
  }
}

/**
 * A postcondition for one resource of a stack. What has no `region` of its own configured keeps the one in its state:
 * with another region of the provider, Terraform would go on in the old region with one half, and fail with the other.
 */
export const staysIn = (region: string) => ({
  postcondition: [
    {
      condition: `\${self.region == "${region}"}`,
      errorMessage:
        `This stack is deployed in \${self.region}, and Terraform moves nothing to ${region}. Set the region in ` +
        'cdktf.json back, destroy the stack, and deploy it in the other region then.',
    },
  ],
});

/** What stands before the id in an address; elements that are no resources have a namespace each. */
function typeOf(element: TerraformElement | Node): string {
  if (element instanceof TerraformResource) return element.terraformResourceType;
  if (element instanceof TerraformDataSource) return `data.${element.terraformResourceType}`;
  return element.constructor.name;
}

function requireProvider(node: IConstruct): void {
  if (!(node instanceof TerraformResource || node instanceof TerraformDataSource)) return;
  if (node.provider === undefined) {
    Annotations.of(node).addError('It names no provider. Pass the aliased provider of its stack.');
  }
}
