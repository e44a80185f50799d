import {
  type AcceleratedClock,
  AppConfig,
  type Faults,
  OPERATOR,
  type readStack,
} from '@assistant/emulator/run';
import type { Role } from '../command/target';

interface Options {
  readonly clock: Pick<AcceleratedClock, 'now'>;
  readonly faults: Faults;
}

/** A region's AppConfig, as its stack declares it, without the rest of the region. */
export async function startAppConfig(
  { resources, region }: ReturnType<typeof readStack>,
  role: Role,
  { clock, faults }: Options,
) {
  const intercept = faults.interceptor(role, 'appconfig');
  const service = new AppConfig(resources, { now: () => clock.now(), intercept });
  return { service, access: { endpoint: await service.listen(), region, credentials: OPERATOR } };
}
