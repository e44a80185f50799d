import { difference, differences, differingValues } from './differences';
import type { Plan, ResourceChange } from './read-plan';
import { lossOf, stakesOf } from './stakes';

/** Some resources with the same to be said of them; code stands in backquotes. */
export interface Item {
  readonly sign: '+' | '~' | '-' | '-/+' | '+/-' | '=';
  readonly addresses: readonly string[];
  readonly notes: readonly string[];
}

export interface Section {
  readonly title: string;
  readonly isLoud: boolean;
  readonly items: readonly Item[];
}

export interface Summary {
  readonly headline: string;
  readonly sections: readonly Section[];
  /** Whether data or a name is lost. */
  readonly loses: boolean;
  /** Whether the plan leaves something out that would have to be planned again. */
  readonly isPartial: boolean;
}

type Kind = 'create' | 'update' | 'lessen' | 'replace' | 'destroy' | 'clean' | 'forget' | 'import' | 'none';

/** More differences of one resource would not be read. */
const SHOWN_DIFFERENCES = 4;

/** Reasons that no attribute tells. */
const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: 'forced because it is tainted: it was not made to the end',
  replace_by_request: 'forced by request (-replace)',
  replace_by_triggers: 'forced by what it is to be replaced with (replace_triggered_by)',
  delete_because_no_resource_config: 'no longer in the configuration',
};

export function summarize(plan: Plan): Summary {
  const changes = plan.resource_changes.filter(({ mode }) => mode === 'managed');
  const of = (kind: Kind) => changes.filter((change) => kindOf(change) === kind);
  const going = [...of('destroy'), ...of('replace')];
  const [losing, harmless] = [going.filter(isLosing), going.filter((change) => !isLosing(change))];
  const moved = of('none').filter(({ previous_address: before }) => before !== undefined);
  const acting = new Set(changes.filter((each) => kindOf(each) !== 'none').map(({ address }) => address));
  // AWS itself goes on changing what it computes, such as the status of a certificate: no news where nothing is done.
  const drifted = plan.resource_drift.filter(
    ({ mode, address, change: { actions } }) =>
      mode === 'managed' &&
      (actions.includes('delete') || (actions.includes('update') && acting.has(address))),
  );
  const outputs = Object.entries(plan.output_changes).filter(([, { actions }]) => !actions.includes('no-op'));
  const sections = [
    { title: 'Replaced or destroyed, and with it data or a name', isLoud: true, items: losing.map(lost) },
    { ...section('Changed in place, and with it something is lost', of('lessen'), changed), isLoud: true },
    section('Others replaced or destroyed', harmless, leaving),
    section('Left over by a replacement, and destroyed; the live one stays', of('clean'), () => []),
    section('Changed in place', of('update'), changed),
    section('Created', of('create'), () => []),
    section('Imported', of('import'), () => []),
    section('Moved in the state; nothing is done to them', moved, formerAddress),
    section('No longer managed, but left as it is', of('forget'), () => []),
    section('Changed outside of Terraform since its last apply', drifted, drift),
  ].filter(({ items }) => items.length > 0);
  const changedOutputs = `Outputs that change: ${outputs.map(([name]) => name).join(', ')}`;
  return {
    headline: headline(plan, [
      [losing.length, 'REPLACED OR DESTROYED WITH DATA OR A NAME'],
      [of('lessen').length, 'CHANGED IN PLACE WITH SOMETHING LOST'],
      [harmless.length, 'others replaced or destroyed'],
      [of('clean').length, 'left over by a replacement destroyed'],
      [of('update').length, 'changed in place'],
      [of('create').length, 'created'],
      [of('import').length, 'imported'],
      [moved.length, 'moved'],
      [of('forget').length, 'no longer managed'],
      [drifted.length, 'changed outside of Terraform'],
      [outputs.length, 'of the outputs changed'],
    ]),
    sections:
      outputs.length === 0 ? sections : [...sections, { title: changedOutputs, isLoud: false, items: [] }],
    loses: losing.length + of('lessen').length > 0,
    isPartial: plan.errored || !plan.complete,
  };
}

function headline({ errored, complete }: Plan, counts: readonly (readonly [number, string])[]): string {
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const partial = errored
    ? ' The plan ended in an error: this is not all.'
    : complete
      ? ''
      : ' The plan was told to leave things out: this is not all.';
  return `${parts.length === 0 ? 'nothing changes' : parts.join(', ')}.${partial}`;
}

function kindOf(resource: ResourceChange): Kind {
  const { actions, importing } = resource.change;
  const has = (action: (typeof actions)[number]) => actions.includes(action);
  if (has('create')) return actions.length > 1 ? 'replace' : 'create';
  if (has('delete')) return resource.deposed === undefined ? 'destroy' : 'clean';
  if (has('forget')) return 'forget';
  if (has('update')) return lossesOf(resource).length > 0 ? 'lessen' : 'update';
  return importing === undefined ? 'none' : 'import';
}

const lossesOf = ({ address, change }: ResourceChange): readonly string[] =>
  differingValues(change).flatMap(
    ({ attribute, before, after }) => lossOf(address, attribute, before, after) ?? [],
  );

const drift = ({ change }: ResourceChange): readonly string[] =>
  change.actions.includes('delete')
    ? ['it is gone: where it is still configured, it is created anew']
    : shown(change);

const formerAddress = ({ previous_address: before }: ResourceChange): readonly string[] =>
  before === undefined ? [] : [`was \`${before}\``];

const isLosing = ({ address }: ResourceChange): boolean => stakesOf(address).holds !== undefined;

const SIGNS: Readonly<Record<string, Item['sign']>> = {
  create: '+',
  update: '~',
  delete: '-',
  'delete,create': '-/+',
  'create,delete': '+/-',
};

const item = (change: ResourceChange, notes: readonly string[]): Item => ({
  sign: SIGNS[change.change.actions.join()] ?? '=',
  addresses: [change.address],
  notes,
});

const lost = (change: ResourceChange): Item => item(change, leaving(change));

/** Why it goes, what goes with it, and who notices. */
function leaving(change: ResourceChange): readonly string[] {
  const { address, action_reason: reason, change: values } = change;
  const { holds, missing, replaced } = stakesOf(address);
  const paths = (values.replace_paths ?? []).map((path) => difference(values, path));
  const forced = paths.length > 0 ? `forced by ${paths.join(', ')}` : REASONS[reason ?? ''];
  // Made before its twin goes, it is never missing; what its twin held is lost all the same.
  const isNeverMissing = values.actions[0] === 'create';
  return [
    ...formerAddress(change),
    ...(forced === undefined ? [] : [forced]),
    ...(holds === undefined ? [] : [`holds ${holds}`]),
    ...(missing === undefined || isNeverMissing ? [] : [`while it is missing: ${missing}`]),
    ...(replaced === undefined || kindOf(change) !== 'replace' ? [] : [replaced]),
  ];
}

function changed(resource: ResourceChange): readonly string[] {
  const { changed: notice } = stakesOf(resource.address);
  const lost = lossesOf(resource).map((what) => `loses ${what}`);
  return [
    ...formerAddress(resource),
    ...lost,
    ...shown(resource.change),
    ...(notice === undefined ? [] : [`callers notice: ${notice}`]),
  ];
}

function shown(change: ResourceChange['change']): readonly string[] {
  const all = differences(change);
  const left = all.length - SHOWN_DIFFERENCES;
  return left > 1 ? [...all.slice(0, SHOWN_DIFFERENCES), `and ${left} more`] : all;
}

/** What has the same notes is told once. */
function section(
  title: string,
  changes: readonly ResourceChange[],
  notesOf: (change: ResourceChange) => readonly string[],
): Section {
  const groups = new Map<string, Item>();
  for (const change of changes) {
    const one = item(change, notesOf(change));
    const key = JSON.stringify([one.sign, one.notes]);
    groups.set(key, { ...one, addresses: [...(groups.get(key)?.addresses ?? []), change.address] });
  }
  return { title, isLoud: false, items: [...groups.values()] };
}
