import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiRequest, ApiResponse, ServiceAction } from '../../services/apigateway/http';
import type { FaultEffect } from '../../platform/faults/effects';
import type { Faults } from '../../platform/faults/faults';
import type { FaultTarget } from '../../platform/faults/modes';
import { StatesError } from '../../services/states/states-error';
import type { TaskAction } from '../../services/states/service-integrations';

interface Api {
  handle(request: ApiRequest): Promise<ApiResponse>;
}

/** Faults of a region's own services, put around each of them. */
export class RegionFaults {
  constructor(
    private readonly faults: Pick<Faults, 'match'>,
    private readonly role: 'primary' | 'secondary',
  ) {}

  effect(target: FaultTarget): FaultEffect | undefined {
    return this.faults.match({ region: this.role, target })?.effect;
  }

  isDown(): boolean {
    return this.effect('region') !== undefined;
  }

  /** An error thrown here ends the caller's connection without an answer. */
  aroundApi(api: Api): Api {
    return {
      handle: async (request) => {
        const effect = this.effect('region') ?? this.effect('api');
        if (effect?.kind === 'reset') throw new Error('The region does not answer.');
        if (effect?.kind !== 'error') return api.handle(request);
        const body = JSON.stringify({ message: effect.message });
        return { status: effect.status, headers: { 'content-type': 'application/json' }, body };
      },
    };
  }

  aroundWorkflow(action: ServiceAction): ServiceAction {
    return async (call) => {
      const effect = this.effect('workflow');
      if (effect?.kind === 'error') {
        return {
          status: effect.status,
          body: JSON.stringify({ __type: effect.type, message: effect.message }),
        };
      }
      await delayed(effect, call.signal);
      return action(call);
    };
  }

  aroundLambda(action: TaskAction): TaskAction {
    return {
      ...action,
      run: async (call) => {
        const effect = this.effect('lambda');
        if (effect?.kind === 'error') throw new StatesError(`Lambda.${effect.type}`, effect.message);
        await delayed(effect, call.signal);
        return action.run(call);
      },
    };
  }
}

async function delayed(effect: FaultEffect | undefined, signal: AbortSignal): Promise<void> {
  if (effect?.kind === 'delay') await sleep(effect.ms, undefined, { signal });
}
