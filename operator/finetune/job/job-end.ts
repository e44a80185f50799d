import type { GetModelCustomizationJobResponse } from '@aws-sdk/client-bedrock';
import { commandLine } from '../target/open-target';
import type { Target } from '../target/target';

/** So that a script can tell a job that somebody stopped from one that failed. */
const STOPPED_EXIT_CODE = 3;

/** What the end of a job means, and what comes next. */
export function describeEnd(
  job: Pick<GetModelCustomizationJobResponse, 'jobName' | 'status' | 'failureMessage'>,
  target: Pick<Target, 'kind'>,
): { readonly exitCode: number; readonly message: string } {
  const { jobName = '', status, failureMessage = 'Bedrock gives no reason' } = job;
  switch (status) {
    case 'Completed':
      return {
        exitCode: 0,
        message: `${jobName} is completed. Serve it: ${commandLine(target, `deploy ${jobName}`)}`,
      };
    case 'Stopped':
      return {
        exitCode: STOPPED_EXIT_CODE,
        message: `${jobName} was stopped, and made no model. Start another: ${commandLine(target, 'start --data … --name …')}`,
      };
    default:
      return {
        exitCode: 1,
        message: `${jobName} is ${status ?? 'in no known state'}: ${failureMessage}\n${adviceOn(failureMessage)}`,
      };
  }
}

/** By the words that Bedrock's failure messages have. */
function adviceOn(failure: string): string {
  if (/access|permission|denied|role/i.test(failure)) {
    return 'Deploy the stack as it is (npx cdktf deploy mlops), and start the job under another --name.';
  }
  if (/data|record|line|token|format|sample/i.test(failure)) {
    return 'See what is wrong with the data (npm run assistant -- finetune check FILE), upload it anew, and start another job.';
  }
  return 'Start the job again under another --name; if it fails again, ask AWS Support with the job’s ARN.';
}
