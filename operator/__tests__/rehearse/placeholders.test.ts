import { callersFault } from '../../../constructs/config/callers-config';
import { hashOfKey } from '../../../contract/callers';
import { projectConfig } from '../../command/project';
import {
  commonZone,
  REHEARSAL_KEY,
  withoutPlaceholders,
  withoutProtection,
} from '../../rehearse/placeholders';

const names = (failover: string, primary: string, secondary: string) => ({
  ...projectConfig(),
  domain: { failover, primary, secondary, hostedZoneId: 'Z00000000EXAMPLE' },
});

describe('the names of a rehearsal', () => {
  it('take the place of the shipped placeholders', () => {
    const { domain } = withoutPlaceholders(
      names('assistant.example.com', 'one.assistant.example.com', 'two.assistant.example.com'),
    );
    expect(domain).toEqual({
      failover: 'assistant.rehearsal.internal',
      primary: 'one.assistant.rehearsal.internal',
      secondary: 'two.assistant.rehearsal.internal',
      hostedZoneId: 'Z00000000EXAMPLE',
    });
  });

  it('leave names of somebody’s own as they are', () => {
    const own = names('ask.company.com', 'one.company.com', 'notexample.com');
    expect(withoutPlaceholders(own).domain).toEqual(own.domain);
  });

  it('come with a key that is not the one that everybody knows', () => {
    const shipped = projectConfig();
    const { keys } = withoutPlaceholders(shipped).callers;
    expect(callersFault(shipped.callers)).toBeDefined();
    expect(keys.map(({ sha256 }) => sha256)).toEqual([hashOfKey(REHEARSAL_KEY)]);
  });

  it('come with nothing that refuses to be destroyed, though what is shipped does', () => {
    const shipped = projectConfig();
    const protectedIn = ({ evacuation, mlops }: typeof shipped) =>
      [evacuation, mlops].map(({ deletionProtection }) => deletionProtection);
    expect(protectedIn(shipped)).toEqual([true, true]);
    expect(protectedIn(withoutProtection(shipped))).toEqual([false, false]);
  });

  it.each([
    [
      'assistant.company.com',
      'one.assistant.company.com',
      'two.assistant.company.com',
      'assistant.company.com',
    ],
    ['ask.company.com', 'one.company.com', 'two.company.com', 'company.com'],
    ['ask.company.com', 'one.business.com', 'two.company.com', 'company.com'],
    ['ask.company.com', 'one.company.org', 'two.company.com', 'company.com'],
  ])(
    'of %s, %s and %s lie in the zone %s, as far as one can have them',
    (failover, primary, secondary, zone) => {
      expect(commonZone(names(failover, primary, secondary).domain)).toBe(zone);
    },
  );
});
