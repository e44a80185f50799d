import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { METRIC_SERVICE, METRICS } from '../../contract/metrics';
import type { HealthChecks } from '../failover/health-checks';
import { NEAR_DEADLINE_PERCENT, NO_MODEL_SHARE, type Alarms, type AlarmsProps } from './alarms';
import { dashboardBody, line, lines, type Line, type Panel } from './dashboard-body';

export interface DashboardsProps extends Omit<AlarmsProps, 'domains'> {
  readonly alarms: Alarms;
  readonly healthChecks: HealthChecks;
}

/** Where Route 53 has its metrics, wherever the checked region is. */
const ROUTE_53_METRICS = 'us-east-1';

/**
 * What whoever is on call asks, in that order: one dashboard for the region, and in the primary's stack one for both.
 * Dashboards are the account's and not a region's, so that a second one of both, from the standby's stack, would be the
 * same again; what it shows of a region comes from there, and the standby's own has nothing of the other's.
 */
export class Dashboards extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: DashboardsProps,
  ) {
    super(scope, id);
    const { config, region, role } = props;
    const { project, regions } = config;
    const both = [regions.primary, regions.secondary];
    const [ofBoth, ofRegion] = [this.panelsOfBoth(), this.panelsOfRegion()];
    this.create('region', `${project}-${region}`, [region], [...ofBoth, ...ofRegion]);
    if (role === 'primary') this.create('both', project, both, [...ofBoth, this.healthPanel()]);
  }

  private create(id: string, name: string, regions: readonly string[], panels: readonly Panel[]): void {
    const { provider, account, alarms } = this.props;
    const title = regions.length === 1 ? `# ${name}` : `# ${name}: ${regions.join(' and ')}`;
    new CloudwatchDashboard(this, id, {
      provider,
      dashboardName: name,
      dashboardBody: dashboardBody({
        text: `${title}\nWhat each alarm means and what to do: docs/operate/alarms.md. Made by Terraform: the next deploy removes what is changed here.`,
        // By name: those of the other region may not exist yet.
        alarmArns: regions.flatMap((region) =>
          alarms.names.map((alarm) => `arn:aws:cloudwatch:${region}:${account}:alarm:${alarm}`),
        ),
        regions,
        panels,
      }),
    });
  }

  private readonly own = (
    metric: string,
    stat: string,
    label: string,
    more: { readonly axis?: 'right'; readonly dimensions?: Readonly<Record<string, string>> } = {},
  ): Line =>
    line({
      namespace: this.props.config.project,
      metric,
      stat,
      label,
      ...more,
      dimensions: { service: METRIC_SERVICE, ...more.dimensions },
    });

  private readonly each = (
    metric: string,
    dimensions: readonly string[],
    more?: Parameters<typeof lines>[3],
  ): Line => lines(this.props.config.project, metric, ['service', ...dimensions], more);

  /** What both regions are compared by. */
  private panelsOfBoth(): readonly Panel[] {
    const { own, each } = this;
    const { apiName } = this.props;
    const api = (metric: string, label: string) =>
      line({
        namespace: 'AWS/ApiGateway',
        metric,
        dimensions: { ApiName: apiName },
        stat: 'Sum',
        label,
      });
    return [
      {
        question: 'Do callers get answers?',
        lines: [
          own(METRICS.answers, 'Sum', 'answers'),
          own(METRICS.noModelAnswer, 'Average', 'share of callers without a model', { axis: 'right' }),
        ],
        limits: [{ label: 'no-model-answers', value: NO_MODEL_SHARE, axis: 'right' }],
        rightMax: 1,
      },
      {
        question: 'Why not from the first model?',
        lines: [each(METRICS.fallbackReasons, ['tier', 'reason'])],
      },
      {
        question: 'How near is the deadline? (% of the tier’s time)',
        lines: ['p50', 'p90', 'p99'].map((stat) => own(METRICS.deadlineUsed, stat, stat)),
        limits: [{ label: 'answers-near-deadline', value: NEAR_DEADLINE_PERCENT }],
      },
      {
        question: 'Is the canary answered?',
        lines: [
          own(METRICS.canaryUnanswered, 'SampleCount', 'asked'),
          own(METRICS.canaryUnanswered, 'Maximum', 'unanswered (1)', { axis: 'right' }),
        ],
        rightMax: 1,
      },
      {
        question: 'What does the API answer?',
        lines: [api('Count', 'requests'), api('4XXError', '4xx'), api('5XXError', '5xx')],
      },
      {
        question: 'What is spent? (tokens)',
        lines: [
          own(METRICS.inputTokens, 'Sum', 'input'),
          own(METRICS.outputTokens, 'Sum', 'output'),
          own(METRICS.tokensSpent, 'Sum', 'refused: day’s tokens spent', { axis: 'right' }),
        ],
      },
    ];
  }

  private panelsOfRegion(): readonly Panel[] {
    const { own, each } = this;
    const { authorizer, chat, functions, config } = this.props;
    const { primaryModel, fallbackModel } = functions;
    const caller = { source: 'caller' };
    const named = { authorizer, chat, 'primary model': primaryModel, 'fallback model': fallbackModel };
    const ofFunctions = Object.entries(named).flatMap(([name, fn]) =>
      ['Errors', 'Throttles'].flatMap((metric) =>
        fn === undefined ? [] : [ofFunction(fn.name, metric, `${name}: ${metric.toLowerCase()}`)],
      ),
    );
    return [
      {
        question: 'From which tier, by which model?',
        lines: [
          each(METRICS.answers, ['tier', 'source', 'model'], { where: caller }),
          own(METRICS.answers, 'Sum', 'degraded', { dimensions: { tier: 'degraded', ...caller } }),
          own(METRICS.lastResort, 'Sum', 'the state machine alone'),
        ],
      },
      {
        question: 'How long do models take? (ms)',
        lines: ['p50', 'p99'].map((stat) => own(METRICS.modelLatency, stat, stat)),
        limits: [{ label: 'end of the primary tier', value: config.budget.primaryMs }],
      },
      {
        question: 'Which models are in trouble?',
        lines: [
          each(METRICS.circuitTransitions, ['model', 'to'], { label: 'circuit of' }),
          each(METRICS.retries, ['model'], { label: 'retries of' }),
          own(METRICS.attention, 'Sum', 'needs attention'),
          own(METRICS.questionsAttention, 'Sum', 'questions need attention'),
        ],
      },
      { question: 'Which functions fail?', lines: ofFunctions },
      {
        question: 'What else fails?',
        lines: [
          own(METRICS.interruptedAnswers, 'Sum', 'streams broken off'),
          own(METRICS.configurationFailures, 'Sum', 'rules not to be had'),
          own(METRICS.usageFailures, 'Sum', 'tokens not looked up'),
          own(METRICS.circuitStoreFailures, 'Sum', 'circuits not read or written'),
          own(METRICS.conversationFailures, 'Sum', 'conversations not read or kept'),
          each(METRICS.guardrailInterventions, ['tier'], { label: 'guardrail:' }),
        ],
      },
    ];
  }

  /**
   * Of the primary's checks, which decide: the standby's id is not known here. On no region's dashboard, so that the
   * standby's names nothing of another region.
   */
  private healthPanel(): Panel {
    const checks = Object.entries(this.props.healthChecks.all);
    return {
      question: `Is ${this.props.region} healthy for Route 53? (1)`,
      regions: [this.props.region],
      lines: checks.map(([label, { id }]) =>
        line({
          namespace: 'AWS/Route53',
          metric: 'HealthCheckStatus',
          dimensions: { HealthCheckId: id },
          stat: 'Minimum',
          label,
          region: ROUTE_53_METRICS,
        }),
      ),
    };
  }
}

const ofFunction = (name: string, metric: string, label: string): Line =>
  line({ namespace: 'AWS/Lambda', metric, dimensions: { FunctionName: name }, stat: 'Sum', label });
