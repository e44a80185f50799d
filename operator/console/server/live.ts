import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { callControl, type LogLine, type MetricTotal, type Status } from '@assistant/emulator';
import { METRICS } from '../../../contract/metrics';
import type { ModelConfig } from '../../../contract/model-config';
import { requestTypes, selectRule } from '../../../contract/select-rule';
import { readStatus, type Role } from '../../command/target';
import { faultsInForce } from '../../fault/fault-command';
import {
  answeringBy,
  readCircuits,
  readEvacuation,
  systemState,
  type RegionReadings,
  type SystemState,
} from '../../status/read-system';
import { troublesOf } from '../../status/status-command';
import type { About, Happening, Job, Line, Picture, RegionPicture } from '../picture';
import { changesOf, happenings } from './happenings';
import { readLines } from './lines';

/** Between two looks at the system while somebody watches, in milliseconds. */
const LOOK_MS = 1_000;

/** What takes calls of services (circuits, the evacuation switch) is looked at so often, in milliseconds. */
const SERVICES_MS = 5_000;

/** A region that does not answer keeps the first picture waiting no longer than this, in milliseconds. */
const FIRST_MS = 1_500;

/** A connection without news says that it lives, every so many milliseconds. */
const HEARTBEAT_MS = 15_000;

/** Of a region in one look: who is asked a thousand times a second has others to read its log. */
const LINES_AT_ONCE = 200;

/** What a page that comes later is told of before. */
const MAX_LINES = 1_000;
const MAX_HAPPENINGS = 500;

/** A page that does not read is let go: it asks again, and begins with what is so then. */
const MAX_UNREAD_BYTES = 2 * 1024 * 1024;
const MAX_READERS = 20;

interface RegionWatch {
  /** Of the log. */
  since: number;
  answering: RegionReadings['answering'];
  circuits: RegionReadings['circuits'];
  /** Of the deployed configuration. */
  readonly rules: Map<string, RegionPicture['rules']>;
}

/** Tells pages what the system is like, by server-sent events, as long as one listens. */
export class Live {
  private readonly readers = new Set<ServerResponse>();
  private readonly lines: Line[] = [];
  private readonly happened: Happening[] = [];
  private readonly regions = new Map<string, RegionWatch>();
  private readonly sent = new Map<string, string>();
  private picture: Picture | undefined;
  private evacuation: SystemState['evacuation'] = { evacuated: false };
  private job: Job | null = null;
  private changesSince = 0;
  private servicesAt = 0;
  private reading: Promise<void> | undefined;
  private isLooking = false;
  private wake = new AbortController();

  constructor(private readonly about: About) {}

  join(response: ServerResponse): void {
    if (this.readers.size >= MAX_READERS) {
      response.writeHead(503, { 'Retry-After': '10' }).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const told = Object.fromEntries(
      [...this.sent].map(([name, json]) => [name, JSON.parse(json) as unknown]),
    );
    response.write(
      event('hello', { about: this.about, lines: this.lines, happened: this.happened, ...told }),
    );
    this.readers.add(response);
    const heartbeat = setInterval(() => response.write(': alive\n\n'), HEARTBEAT_MS);
    response.once('close', () => {
      clearInterval(heartbeat);
      this.readers.delete(response);
    });
    if (!this.isLooking) void this.look();
  }

  /** Looks at once at all: something was changed. */
  refresh(): void {
    this.servicesAt = 0;
    this.wake.abort();
  }

  showJob(job: Job): void {
    this.job = job;
    if (this.picture !== undefined) this.show({ ...this.picture, job });
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    while (this.readers.size > 0) {
      this.wake = new AbortController();
      // A look that fails is one of a system that ends, or of a service in trouble: the next one tells.
      await this.lookOnce().catch(() => undefined);
      await sleep(LOOK_MS, undefined, { signal: this.wake.signal }).catch(() => undefined);
    }
    this.isLooking = false;
  }

  private async lookOnce(): Promise<void> {
    const [status, faults, replication] = await Promise.all([
      readStatus(),
      faultsInForce(),
      callControl('GET', '/replication') as Promise<Picture['replication']>,
    ]);
    await this.readServices(status);
    const readings = await Promise.all(
      Object.entries(status.regions).map(
        async ([role, { appConfig }]) =>
          [role, await this.readRegion(role as Role, appConfig.sha256)] as const,
      ),
    );
    const regions = Object.fromEntries(readings);
    const { evacuation, job } = this;
    const system = systemState(status, { faults, evacuation, regions });
    const picture: Picture = {
      ...system,
      speed: status.clock.speed,
      regions: system.regions.map((region) => ({ ...region, ...pictured(regions[region.role]) })),
      replication,
      troubles: troublesOf(system).map(withoutCommands),
      job,
    };
    const now = Date.now();
    const changes = changesOf(status, this.changesSince, now);
    this.changesSince = status.history.at(-1)?.at ?? 0;
    const seen = [...changes, ...(this.picture ? happenings(this.picture, picture, now) : [])];
    if (seen.length > 0) this.tell('happened', keep(this.happened, seen, MAX_HAPPENINGS));
    this.show(picture);
  }

  /** In the background: a service that does not answer delays nothing but the first picture, and that a little. */
  private async readServices({ regions }: Status): Promise<void> {
    if (this.reading !== undefined || performance.now() - this.servicesAt < SERVICES_MS) return;
    this.servicesAt = performance.now();
    this.reading = Promise.all([
      readEvacuation(regions.secondary).then((evacuation) => (this.evacuation = evacuation)),
      ...Object.entries(regions).map(async ([role, { clients }]) => {
        this.watch(role).circuits = await readCircuits(clients.dynamoDb);
      }),
    ]).then(() => {
      this.reading = undefined;
    });
    await Promise.race([this.reading, sleep(this.picture === undefined ? FIRST_MS : 200)]);
  }

  private async readRegion(role: Role, configuration: string) {
    const watch = this.watch(role);
    const [metrics, logged] = (await Promise.all([
      callControl('GET', `/metrics?region=${role}`),
      callControl('GET', `/logs?region=${role}&since=${watch.since}&most=${LINES_AT_ONCE}`),
    ])) as [readonly MetricTotal[], readonly LogLine[]];
    watch.since = logged.at(-1)?.sequence ?? watch.since;
    watch.answering = answeringBy(logged) ?? watch.answering;
    const lines = readLines(role, logged);
    if (lines.length > 0) this.tell('lines', keep(this.lines, lines, MAX_LINES));
    if (!watch.rules.has(configuration)) {
      watch.rules.clear();
      watch.rules.set(configuration, await readRules(role));
    }
    const { answering, circuits, rules } = watch;
    return { metrics, answering, circuits, rules: rules.get(configuration) ?? [] };
  }

  private watch(role: string): RegionWatch {
    const watch = this.regions.get(role) ?? {
      ...{ since: 0, answering: null, circuits: [] as const },
      rules: new Map<string, RegionPicture['rules']>(),
    };
    this.regions.set(role, watch);
    return watch;
  }

  private show(picture: Picture): void {
    this.picture = picture;
    const changed = Object.entries(picture).filter(([name, section]) => {
      const json = JSON.stringify(section);
      if (this.sent.get(name) === json) return false;
      this.sent.set(name, json);
      return true;
    });
    if (changed.length > 0) this.tell('picture', Object.fromEntries(changed));
  }

  private tell(name: string, data: unknown): void {
    for (const reader of this.readers) {
      if (reader.writableLength > MAX_UNREAD_BYTES) reader.destroy();
      else reader.write(event(name, data));
    }
  }
}

/** What to do is at hand on the page: the commands, and how to run them again, are for those in a terminal. */
const withoutCommands = (trouble: string): string =>
  trouble.replace(/\n[^]*$/, '').replace(/ Nothing is lost: .*$/, '');

const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** @returns what is new */
function keep<T>(kept: T[], fresh: readonly T[], most: number): readonly T[] {
  kept.push(...fresh);
  kept.splice(0, kept.length - most);
  return fresh;
}

const pictured = (
  readings: { readonly metrics: readonly MetricTotal[]; readonly rules: RegionPicture['rules'] } | undefined,
): Pick<RegionPicture, 'rules' | 'canary'> => {
  const { metrics = [], rules = [] } = readings ?? {};
  // Of the canary as a whole, not by tier and model.
  const canary = metrics.find(
    ({ name, dimensions }) => name === METRICS.canaryUnanswered && dimensions.tier === undefined,
  );
  return { rules, canary: { asked: canary?.count ?? 0, unanswered: canary?.sum ?? 0 } };
};

async function readRules(role: Role): Promise<RegionPicture['rules']> {
  const status = await readStatus();
  const config = (await callControl('GET', `/configuration?region=${role}`)) as ModelConfig;
  const region = status.regions[role]?.region ?? '';
  // No type has an empty name: it stands for all without a rule.
  return ['', ...requestTypes(config, region)].map((type) => {
    const { primary, fallback } = selectRule(config, region, type);
    return { type: type === '' ? 'default' : type, primary: primary.modelId, fallback: fallback.modelId };
  });
}
