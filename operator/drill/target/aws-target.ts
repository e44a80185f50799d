import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import { switchTableName } from '../../../contract/evacuation';
import { EvacuationAdmin } from '../../evacuate/evacuation-admin';
import { ActedOutTime } from '../acted-out-time';
import type { DrillTarget } from './drill-target';
import { switchOutage } from './outage';

/**
 * A deployment, evacuated by its switch with the credentials that the AWS SDK finds. Route 53 does not tell when its
 * health checks changed: clients' answers alone are measured.
 */
export function awsTarget({ project, regions, domain }: AssistantConfig): DrillTarget {
  const admin = new EvacuationAdmin(switchTableName(project), { region: regions.secondary });
  const outage = switchOutage(admin);
  return {
    url: new URL(`https://${domain.failover}/`),
    time: new ActedOutTime(),
    regions: { primary: regions.primary, secondary: regions.secondary },
    checkReady: () => outage.checkReady(),
    takeAway: () => outage.begin(),
    bringBack: () => outage.end(),
    changes: () => Promise.resolve([]),
    close: () => {
      outage.close();
    },
  };
}
