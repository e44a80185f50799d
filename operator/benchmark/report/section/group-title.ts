import type { Figures } from '../../figures/figures';
import type { Plan } from '../../result/plan';

/** @returns e.g. `Total latency, us-east-1, converse`: what tells the group from others of the plan */
export function groupTitle(
  name: string,
  { regions, apis }: Pick<Plan, 'regions' | 'apis'>,
  { region, api }: Pick<Figures, 'region' | 'api'>,
): string {
  return [name, ...(regions.length > 1 ? [region] : []), ...(apis.length > 1 ? [api] : [])].join(', ');
}
