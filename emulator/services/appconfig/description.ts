import { BadRequestError } from './errors';

/** Source: AppConfig API reference, `StartDeployment` and `CreateHostedConfigurationVersion`. */
const MAX_DESCRIPTION_CHARACTERS = 1024;

/** @throws BadRequestError */
export function checkDescription(description: string | undefined): void {
  if (description === undefined || description.length <= MAX_DESCRIPTION_CHARACTERS) return;
  throw new BadRequestError(`The description is longer than ${MAX_DESCRIPTION_CHARACTERS} characters.`);
}
