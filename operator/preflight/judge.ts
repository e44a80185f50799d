import { catalogued, mayThink, thinkingOf } from '../../contract/model-catalogue';
import type { EffectiveChoice } from '../../contract/check-model-config';
import { GEOGRAPHIES } from '../../contract/regions';
import { bad, type Check, good, unknown, warning } from '../command/check';
import { counted } from '../command/words';
import type { ModelFacts, Reading } from './facts';
import { type Quota, quotaCheck } from './quotas';
import type { Denial } from './role';

/** What is known of a model in a region, to be judged. */
export interface Findings extends ModelFacts {
  readonly region: string;
  readonly modelId: string;
  /** What the roles of the functions that ask it may not do. */
  readonly denials: Reading<readonly Denial[]>;
  /** Those of Bedrock in the region. */
  readonly quotas: Reading<readonly Quota[]>;
  /** Requests in the busiest minute, where somebody has said so. */
  readonly perMinute?: number | undefined;
  /** The rules that name it, and what the contract says against them. */
  readonly choices: readonly EffectiveChoice[];
  readonly faults: readonly string[];
  /** Milliseconds that each tier has at the most. */
  readonly tierMs: Readonly<Record<EffectiveChoice['tier'], number>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The checks of a model, in the order of a table's columns. */
export const CHECKS = ['life', 'profile', 'access', 'role', 'quota', 'rules'] as const;

/** Of a model that is not there, only that and its rules are told. */
export function judge(findings: Findings): readonly Check[] {
  const first = life(findings);
  const others =
    first.verdict === 'bad' ? [] : [profile, access, role, quota].map((check) => check(findings));
  return [first, ...others, rules(findings)];
}

const DAY_MS = 86_400_000;
const day = (time: Date | string): string => new Date(time).toISOString().slice(0, 10);

/** An account's own model lives as long as the account keeps it; its deployment has commands of its own. */
const ofOneOwn = (name: string): Check =>
  unknown(name, 'a model of your own: `finetune deploy` says whether it is served');

/** By the rules that name it; `models set` reaches none that is a region's own. */
function giveAnother({ choices }: Findings): string {
  const rules = [...new Set(choices.map(({ field }) => field.replace(/^types\./, '')))];
  const rule = rules.find((each) => !each.startsWith('regions.'));
  const change = rule === undefined ? 'deploy FILE' : `set ${rule} MODEL`;
  return `Give another model to ${rules.join(', ')}: npm run assistant -- models ${change}`;
}

function life(findings: Findings): Check {
  const { model, details, profile: read, now } = findings;
  const name = 'life';
  const other = giveAnother(findings);
  if (details === undefined) {
    if (read && 'absent' in read) return bad(name, `there is no such profile (${read.absent})`, other);
    return ofOneOwn(name);
  }
  if ('unread' in details) return unknown(name, details.unread);
  if ('absent' in details) {
    if (details.absent.includes('end of its life')) return bad(name, `it is gone: ${details.absent}`, other);
    // A profile may be called from where its model is not.
    if (read && 'is' in read)
      return unknown(name, `nothing is told here of the profile’s model (${details.absent})`);
    return bad(name, `there is no such model (${details.absent})`, other);
  }
  const { status, endOfLifeTime, publicExtendedAccessTime } = details.is.modelLifecycle ?? {
    status: 'ACTIVE',
  };
  if (status === 'LEGACY') {
    const days = endOfLifeTime && Math.ceil((endOfLifeTime.getTime() - now) / DAY_MS);
    const end =
      endOfLifeTime === undefined
        ? 'ends on a day that is not told'
        : `ends on ${day(endOfLifeTime)}, in ${counted(days ?? 0, 'day')}`;
    const dearer =
      publicExtendedAccessTime === undefined
        ? ''
        : `; it may cost more from ${day(publicExtendedAccessTime)}`;
    return warning(
      name,
      `Legacy: it ${end}${dearer}; an account that has not called it for 30 days is refused already`,
      other,
    );
  }
  const { goneNotBefore } = catalogued(model ?? '');
  return good(name, `active${goneNotBefore === undefined ? '' : `, not to end before ${goneNotBefore}`}`);
}

function profile({ region, parsed, model, profile: read, details }: Findings): Check {
  const name = 'profile';
  if (read === undefined) {
    if (parsed?.kind !== 'foundation-model') return ofOneOwn(name);
    if (details === undefined || !('is' in details)) return unknown(name, 'not known without the model');
    const types: readonly string[] = details.is.inferenceTypesSupported ?? [];
    if (types.includes('ON_DEMAND')) return good(name, 'called on demand, in this region alone');
    const of = Object.keys(GEOGRAPHIES).filter((each) => GEOGRAPHIES[each]?.includes(region));
    const ids = of.map((each) => `${each}.${model ?? ''}`).join(', ');
    return bad(name, 'it is called by an inference profile alone', `Name one that there is: ${ids}`);
  }
  if ('unread' in read) return unknown(name, read.unread);
  const todo = 'Name another profile, or the model in a region that has it.';
  if ('absent' in read) return bad(name, `there is no such profile (${read.absent})`, todo);
  const { status, models = [] } = read.is;
  if (status !== 'ACTIVE') return bad(name, 'the profile is not active', todo);
  const regions = models.map(({ modelArn = '' }) => modelArn.split(':')[3] ?? '');
  return good(name, `leads to ${regions.map((each) => each || 'any region').join(', ')}`);
}

function access({ model, availability, useCase }: Findings): Check {
  const name = 'access';
  if (availability === undefined || model === undefined) return ofOneOwn(name);
  if ('unread' in availability) return unknown(name, availability.unread);
  const page = 'docs/operate/deploy.md#before-the-first-deployment';
  if ('absent' in availability) return bad(name, `there is none to ${model} (${availability.absent})`, page);
  if (useCase && 'absent' in useCase) {
    return bad(
      name,
      'Anthropic’s use-case form is not filled in',
      `Fill it in, in Bedrock’s console: ${page}`,
    );
  }
  const { agreementAvailability, authorizationStatus, entitlementAvailability, regionAvailability } =
    availability.is;
  const { status: agreement = 'ERROR', errorMessage = '' } = agreementAvailability ?? {};
  const administrator = `An administrator accepts its agreement, or calls it once: ${page}`;
  if (regionAvailability !== 'AVAILABLE')
    return bad(name, 'the region does not offer it to this account', 'Name another model or profile.');
  if (authorizationStatus !== 'AUTHORIZED')
    return bad(name, 'the account is not authorized for it', `Ask AWS’s support: ${page}`);
  // Amazon's own models have no agreement to accept.
  if (!model.startsWith('amazon.') && agreement === 'PENDING')
    return warning(name, 'its agreement is being made', 'Run this again in a quarter of an hour.');
  if (!model.startsWith('amazon.') && agreement !== 'AVAILABLE')
    return bad(
      name,
      `its agreement is not accepted (${agreement}${errorMessage && `: ${errorMessage}`})`,
      administrator,
    );
  if (entitlementAvailability !== 'AVAILABLE')
    return bad(name, 'the account has no access to it', administrator);
  if (useCase && 'unread' in useCase) return unknown(name, `the use-case form: ${useCase.unread}`);
  return good(name, 'granted');
}

const BY: Readonly<Record<Denial['by'], { readonly who: string; readonly todo: string }>> = {
  role: {
    who: 'its role',
    todo: 'Deploy the regions as they are in this folder: npx cdktf deploy secondary primary',
  },
  organisation: {
    who: 'a policy of the organization',
    todo: 'Have the organization allow Bedrock there, or name a profile that does not lead there.',
  },
  scp: {
    who: 'the policy of --scp',
    todo: 'Have it allow Bedrock there, or name a profile that does not lead there.',
  },
};

function role({ denials, profile: read }: Findings): Check {
  const name = 'role';
  if (read && !('is' in read)) return unknown(name, 'not known without the profile');
  if ('absent' in denials) return unknown(name, `the region is not deployed (${denials.absent})`);
  if ('unread' in denials) return unknown(name, denials.unread);
  const [first, ...others] = denials.is;
  if (first === undefined) return good(name, 'allowed wherever it leads');
  const { who, todo } = BY[first.by];
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return bad(name, `${who} denies ${first.role} ${first.action} on ${first.resource}${more}`, todo);
}

const QUOTA_RIGHTS =
  'It takes servicequotas:ListServiceQuotas and servicequotas:ListAWSDefaultServiceQuotas.';

function quota({ quotas, model, details, profile: read, choices, perMinute }: Findings): Check {
  const name = 'quota';
  if (model === undefined) return ofOneOwn(name);
  if ((read && !('is' in read)) || details === undefined || !('is' in details))
    return unknown(name, 'not known without the model and its profile');
  if (!('is' in quotas)) {
    const why = 'unread' in quotas ? quotas.unread : quotas.absent;
    return unknown(name, `${why} ${QUOTA_RIGHTS}`);
  }
  const { providerName: provider = '', modelName: called = model } = details.is;
  const maxTokens = Math.max(...choices.map((choice) => choice.maxTokens));
  return quotaCheck(name, quotas.is, { provider, name: called }, read, { maxTokens, perMinute });
}

/** Of fewer, a model that thinks may leave none for what it says. */
const TOKENS_TO_THINK = 2_048;

/** Of a tier's time, what a function's start and a look at the circuit may take. */
const START_MS = 1_000;

function rules({ model, choices, faults, tierMs }: Findings): Check {
  const name = 'rules';
  const how = 'models show --out FILE, and models deploy FILE';
  const file = `Correct the rule: ${how}`;
  const [fault, ...others] = faults;
  if (fault !== undefined)
    return bad(name, `${fault}${others.length > 0 ? `; and ${others.length} more` : ''}`, file);
  const { contextTokens, thinking } = catalogued(model ?? '');
  for (const { tier, field, choice, maxTokens } of choices) {
    if ((choice.firstSignMs ?? 0) > tierMs[tier] - START_MS)
      return warning(
        name,
        `${field}.firstSignMs leaves nothing of the tier’s ${tierMs[tier]} ms: if it is silent, its circuit never opens`,
        `Unless it shows nothing until it has thought, correct the rule: ${how}`,
      );
    if (contextTokens !== undefined && (choice.contextTokens ?? 0) > contextTokens)
      return warning(name, `${field}.contextTokens is more than the ${contextTokens} of its window`, file);
    if (
      thinking !== undefined &&
      mayThink(choice) &&
      maxTokens < TOKENS_TO_THINK &&
      thinkingOf(choice).budgetTokens === undefined
    )
      return warning(name, `${field} may think its ${maxTokens} tokens up, and say nothing`, file);
  }
  return good(name, 'nothing that it is known to refuse');
}
