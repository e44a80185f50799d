import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { nameFaults } from '../stack/names';
import { idOf } from './cloud/account';
import type { Cloud } from './cloud/cloud';
import { ruleOf } from './cloud/cloud';
import { Refusal } from './cloud/refusal';
import type { Failures, Moment } from './failures';
import { planResource, replacingPaths, type ProviderConfig } from './plan';
import { fromDynamic, isObject, toDynamic, type DynamicValue, type Values } from './protocol/values';
import type { ProviderSchema, ResourceSchema } from './schema/provider-schema';
import type { Block } from './schema/schema';

interface Diagnostic {
  readonly severity: 'ERROR';
  readonly summary: string;
  readonly detail?: string;
}

interface Typed {
  readonly typeName: string;
}

/** The provider hashicorp/aws as Terraform calls it, with a cloud of its own behind it. */
export class Provider {
  /** Stacks that are deployed at the same time share the provider: each connection is configured apart. */
  private readonly configured = new Map<string, ProviderConfig>();
  private stopped = new AbortController();

  constructor(
    private readonly schema: ProviderSchema,
    private readonly cloud: Cloud,
    private readonly failures: Failures,
    /** How long each call of the cloud takes. */
    private readonly latencyMs: number,
  ) {}

  readonly getSchema = () => this.schema.toProtocol();

  readonly prepare = ({ config }: { config: DynamicValue }) => ({ preparedConfig: config });

  readonly validate = ({ typeName, config }: Typed & { config: DynamicValue }) => ({
    diagnostics: nameFaults(typeName, fromDynamic(config) ?? {}).map((fault) =>
      failed(`${typeName}: ${fault}`),
    ),
  });

  readonly configure = ({ config }: { config: DynamicValue }, connection: string) => {
    const { region, default_tags: defaults } = fromDynamic(config) ?? {};
    if (typeof region !== 'string') {
      return { diagnostics: [failed('The provider is told no region.')] };
    }
    const tags = ((defaults ?? []) as readonly Values[])[0]?.tags;
    this.configured.set(connection, { region, defaultTags: isObject(tags) ? tags : {} });
    this.stopped = new AbortController();
    // Terraform makes ten calls at a time, of each stack.
    setMaxListeners(0, this.stopped.signal);
    return {};
  };

  readonly upgradeState = ({ typeName, rawState }: Typed & { rawState: { json: Buffer } }) => {
    const { block } = this.resource(typeName);
    return { upgradedState: toDynamic(conform(block, JSON.parse(rawState.json.toString()) as Values)) };
  };

  readonly read = async (
    { typeName, currentState }: Typed & { currentState: DynamicValue },
    connection: string,
  ) => {
    const current = fromDynamic(currentState);
    if (current === null) return { newState: currentState };
    const region = this.regionOf(typeName, current, connection);
    return this.attempt(`reading ${typeName} (${idOf(typeName, current)})`, async () => {
      await this.call('read', typeName, region, current);
      const found = this.cloud.read(typeName, region, current);
      return { newState: toDynamic(found && conform(this.resource(typeName).block, found)) };
    });
  };

  readonly plan = (
    request: Typed & { priorState: DynamicValue; proposedNewState: DynamicValue },
    connection: string,
  ) => {
    const { typeName } = request;
    const prior = fromDynamic(request.priorState);
    const proposed = fromDynamic(request.proposedNewState);
    if (proposed === null) return { plannedState: request.proposedNewState };
    const resource = this.resource(typeName);
    const { recomputed = () => [] } = ruleOf(typeName);
    const planned = planResource(resource, this.configOf(connection), prior, proposed, recomputed);
    return {
      plannedState: toDynamic(planned),
      requiresReplace:
        prior === null ? [] : replacingPaths(resource).map((path) => ({ steps: [{ attributeName: path }] })),
      // The real provider is written with the old SDK, whose plans Terraform holds to less.
      legacyTypeSystem: true,
    };
  };

  readonly apply = async (
    request: Typed & { priorState: DynamicValue; plannedState: DynamicValue },
    connection: string,
  ) => {
    const { typeName } = request;
    const prior = fromDynamic(request.priorState);
    const planned = fromDynamic(request.plannedState);
    const values = planned ?? prior ?? {};
    const region = this.regionOf(typeName, values, connection);
    const operation = planned === null ? 'delete' : prior === null ? 'create' : 'update';
    const doing = { create: 'creating', update: 'updating', delete: 'deleting' }[operation];
    const answer = await this.attempt(`${doing} ${typeName} (${nameOf(values)})`, async () => {
      await this.call(operation, typeName, region, values);
      if (planned === null) {
        this.cloud.delete(typeName, region, values);
        return { newState: request.plannedState };
      }
      if (prior !== null) return { newState: toDynamic(this.cloud.update(typeName, region, planned)) };
      const created = this.cloud.create(typeName, region, planned);
      if (this.failures.take('after-create', typeName, region, planned)) {
        throw new Refusal('InternalFailure', 'It was created, and then the rehearsal let it fail.', created);
      }
      return { newState: toDynamic(created) };
    });
    return { newState: request.priorState, ...answer, legacyTypeSystem: true };
  };

  readonly readData = async ({ typeName, config }: Typed & { config: DynamicValue }, connection: string) => {
    const { region } = this.configOf(connection);
    const block = this.schema.dataSources.get(typeName) ?? { attributes: {}, blocks: {} };
    return this.attempt(`reading data.${typeName}`, async () => {
      await this.call('read', `data.${typeName}`, region, {});
      return {
        state: toDynamic(conform(block, this.cloud.lookUp(typeName, region, fromDynamic(config) ?? {}))),
      };
    });
  };

  /** Terraform was interrupted: calls that have not reached the cloud do not. */
  readonly stop = () => {
    this.stopped.abort();
    return {};
  };

  private async call(moment: Moment, type: string, region: string, values: Values): Promise<void> {
    const { signal } = this.stopped;
    await delay(this.latencyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new Refusal('RequestCanceled', 'request context canceled');
    if (this.failures.take(moment, type, region, values)) {
      throw new Refusal('InternalFailure', 'The rehearsal lets this call fail.');
    }
  }

  private async attempt<T extends object>(
    doing: string,
    act: () => Promise<T>,
  ): Promise<T | { diagnostics: readonly Diagnostic[]; newState?: DynamicValue }> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return {
        diagnostics: [failed(`${doing}: ${error.code}: ${error.message}`)],
        ...(error.saved && { newState: toDynamic(error.saved) }),
      };
    }
  }

  private regionOf(type: string, values: Values, connection: string): string {
    if (!('region' in this.resource(type).block.attributes)) return 'global';
    return typeof values.region === 'string' ? values.region : this.configOf(connection).region;
  }

  private configOf(connection: string): ProviderConfig {
    const config = this.configured.get(connection);
    if (config === undefined) throw new Error('Terraform asks a provider that it has not configured.');
    return config;
  }

  private resource(type: string): ResourceSchema {
    const resource = this.schema.resources.get(type);
    if (resource === undefined) throw new Error(`${type} is not known here.`);
    return resource;
  }
}

const failed = (summary: string): Diagnostic => ({ severity: 'ERROR', summary });

const nameOf = (values: Values): string =>
  (Object.entries(values)
    .filter(([name]) => /^(id|name|\w+_name|bucket)$/.test(name))
    .map(([, value]) => value)
    .find((value) => typeof value === 'string' && value !== '') as string | undefined) ?? 'new';

/** Values with every attribute and block of the schema, and no others. */
function conform(block: Block, values: Values): Values {
  const attributes = Object.keys(block.attributes).map((name) => [name, values[name] ?? null]);
  const blocks = Object.entries(block.blocks).map(([name, nested]) => {
    const value = values[name];
    if (isObject(value)) return [name, conform(nested.block, value)];
    if (Array.isArray(value)) return [name, value.map((item) => conform(nested.block, item as Values))];
    return [name, nested.nesting === 'SINGLE' ? null : []];
  });
  return Object.fromEntries([...attributes, ...blocks]) as Values;
}
