import { optionalText, text } from '../values';
import { emulated, noLocalMeaning, Only, type ResourceTypes } from './resource-type';

export const scheduler: ResourceTypes = {
  aws_scheduler_schedule: {
    arguments: {
      ...emulated('name', 'schedule_expression', 'state'),
      group_name: new Only('default'),
      flexible_time_window: { mode: new Only('OFF') },
      target: {
        ...emulated('arn', 'role_arn', 'input'),
        retry_policy: emulated('maximum_retry_attempts', 'maximum_event_age_in_seconds'),
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
