import type { Clock } from '../../../run/clock';
import { conflict } from '../http/errors';
import type { Job } from '../jobs/job';
import { arnOf, newId, type Place } from '../resources/arn';
import type { Listed, Registry } from '../resources/registry';
import type { Tags } from '../resources/tags';

/** What a completed job has made. */
export interface CustomModel extends Listed {
  readonly job: Job;
}

/** The custom models of this account and region. */
export class CustomModels {
  /** @param usedBy the names of what serves a model, by the model's ARN */
  constructor(
    readonly register: Registry<CustomModel>,
    private readonly place: Place,
    private readonly clock: Clock,
    private readonly tags: Tags,
    private readonly usedBy: (modelArn: string) => readonly string[],
  ) {}

  named(name: string): boolean {
    return this.register.all().some((model) => model.name === name);
  }

  /** @returns the new model's ARN */
  create(job: Job): string {
    const arn = arnOf(this.place, `custom-model/${job.baseModel.id}/${newId()}`);
    this.register.put({ arn, name: job.request.customModelName, createdAt: this.clock.now(), job });
    this.tags.add(arn, job.request.customModelTags);
    return arn;
  }

  /** @throws AwsError ConflictException while something serves the model; AWS does not publish its wording */
  delete({ arn, name }: CustomModel): void {
    const users = this.usedBy(arn);
    if (users.length > 0) {
      throw conflict(`The custom model ${name} cannot be deleted while it is served by ${users.join(', ')}.`);
    }
    this.register.remove(arn);
    this.tags.forget(arn);
  }
}
