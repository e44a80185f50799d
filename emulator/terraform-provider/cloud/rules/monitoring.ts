import { dashboardFaults, invalidBody } from '../../../services/cloudwatch/dashboards';
import { Refusal } from '../refusal';
import type { Rules } from './rule';

export const monitoring: Rules = {
  // PutDashboard replaces one of the same name, whoever has made it: nothing is refused for that.
  aws_cloudwatch_dashboard: {
    beforeChange: ({ dashboard_body: body }) => {
      const faults = dashboardFaults(String(body));
      if (faults.length > 0) throw new Refusal('InvalidParameterInput', invalidBody(faults));
    },
  },
};
