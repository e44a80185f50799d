import { Fragment } from 'preact';
import { groupBy } from '../../statistics/group-by';
import { Model, State } from './parts';
import { regionName } from './store';

interface ModelReport {
  readonly modelId: string;
  readonly checks: readonly {
    readonly name: string;
    readonly verdict: 'good' | 'warning' | 'bad' | 'unknown';
    readonly detail: string;
    readonly todo?: string;
  }[];
}

export type Preflight = readonly { readonly role: string; readonly models: readonly ModelReport[] }[];

const verdictOf = ({ checks }: ModelReport) =>
  (['bad', 'warning', 'unknown'] as const).find((each) => checks.some(({ verdict }) => verdict === each)) ??
  'good';

const isFound = ({ verdict }: ModelReport['checks'][number]): boolean => verdict !== 'good';

const VERDICTS = {
  good: 'can be called',
  warning: 'can be called, with a warning',
  bad: 'cannot be called',
  unknown: 'not known',
} as const;

const WORST = {
  good: 'all, from both regions',
  warning: 'all, with a warning',
  bad: 'not all of them',
  unknown: 'not known of all',
} as const;

/** Whether the models of these rules can be called, from each region: looked at, without calling them. */
export function PreflightPanel({
  found,
  isWrong,
}: {
  /** Undefined until they have been looked at. */
  readonly found: Preflight | undefined;
  /** Rules that cannot be deployed are not looked at. */
  readonly isWrong: boolean;
}) {
  const all = found?.flatMap(({ models }) => models.map(verdictOf)) ?? [];
  const worst = (['bad', 'unknown', 'warning'] as const).find((each) => all.includes(each)) ?? 'good';
  return (
    <section class="card" aria-labelledby="preflight-title">
      <div class="head">
        <h2 id="preflight-title">Can its models be called?</h2>
        <span role="status">
          {found !== undefined ? (
            <State good={worst === 'good'}>{WORST[worst]}</State>
          ) : isWrong ? (
            'not looked at'
          ) : (
            'is being looked at'
          )}
        </span>
      </div>
      {found?.map(({ role, models }) => (
        <div key={role}>
          <h3>{regionName(role)}</h3>
          <ul class="preflight">
            {groupBy(models, ({ checks }) => JSON.stringify(checks.filter(isFound))).map((same) => (
              <Callable key={same[0].modelId} reports={same} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

/** Models of which the same was found. */
function Callable({ reports }: { readonly reports: readonly [ModelReport, ...ModelReport[]] }) {
  const [first] = reports;
  const verdict = verdictOf(first);
  return (
    <li>
      {reports.map(({ modelId }) => (
        <Fragment key={modelId}>
          <Model id={modelId} />{' '}
        </Fragment>
      ))}
      <State good={verdict === 'good'}>{VERDICTS[verdict]}</State>
      {groupBy(first.checks.filter(isFound), ({ detail }) => detail).map((checks) => (
        <p key={checks[0].name} class="small">
          <b>{checks.map(({ name }) => name).join(', ')}</b>: {checks[0].detail}
          {checks[0].todo !== undefined && <span class="muted"> → {checks[0].todo}</span>}
        </p>
      ))}
    </li>
  );
}
