import { optionalText, text } from '../values';
import { actedOut, noLocalMeaning, Only, type ResourceTypes } from './resource-type';

export const scheduler: ResourceTypes = {
  aws_scheduler_schedule: {
    arguments: {
      ...actedOut('name', 'schedule_expression', 'state'),
      group_name: new Only('default'),
      flexible_time_window: { mode: new Only('OFF') },
      target: {
        ...actedOut('arn', 'role_arn', 'input'),
        retry_policy: actedOut('maximum_retry_attempts', 'maximum_event_age_in_seconds'),
      },
      // A rate knows no time zone.
      ...noLocalMeaning('description', 'schedule_expression_timezone'),
    },
    computed: (of, { region, account }) => {
      const path = `${optionalText(of, 'group_name') ?? 'default'}/${text(of, 'name')}`;
      return { id: path, arn: `arn:aws:scheduler:${region}:${account}:schedule/${path}` };
    },
  },
};
