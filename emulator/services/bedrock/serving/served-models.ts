import { foundationModelOf, type TunableModel } from '../tunable-models';

/** What can be invoked: each ARN with the ID of the foundation model behind it. */
export class ServedModels {
  private readonly models = new Map<string, string>();

  constructor(private readonly changed: (models: ReadonlyMap<string, string>) => void) {}

  add(arn: string, model: TunableModel): void {
    this.models.set(arn, foundationModelOf(model));
    this.changed(new Map(this.models));
  }

  remove(arn: string): void {
    if (this.models.delete(arn)) this.changed(new Map(this.models));
  }
}
