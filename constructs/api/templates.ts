import type { ErrorAnswer, HealthAnswer } from '../../contract/api';
import { MAX_ESCAPED_BODY } from '../../contract/question';
import type { HealthInput, QuestionInput } from '../../contract/workflow';

/**
 * API Gateway's own id of a request. Its `requestId` is the caller's to choose, by a header, and would be text of
 * theirs in the state machine's input and in logs.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
const REQUEST_ID = '$context.extendedRequestId';

/** What callers are told wherever the API itself has to say it. */
export const ERRORS = {
  failed: { code: 'internal_error', message: 'The assistant failed to answer. Try again later.' },
  timedOut: { code: 'timeout', message: 'The assistant took too long to answer. Try again later.' },
  unavailable: {
    code: 'service_unavailable',
    message: 'The assistant is not available. Try again later.',
  },
} as const satisfies Readonly<Record<string, ErrorAnswer['error']>>;

/** @returns the API's error shape as a mapping template or gateway response, which fills in the request's id */
export const errorBody = (error: ErrorAnswer['error']): string =>
  JSON.stringify({ error, requestId: REQUEST_ID } satisfies ErrorAnswer);

/**
 * Velocity's escapeJavaScript leaves ASCII alone, but writes an apostrophe as `\'`, which is not JSON. The first
 * argument is a regular expression on AWS: a backslash and an apostrophe.
 */
const jsonEscaped = (reference: string): string =>
  `$util.escapeJavaScript(${reference}).replaceAll("\\\\'", "'")`;

/**
 * The state machine's input is JSON text inside JSON: a question is escaped once for each.
 * @param tokensPerDay digits, or a reference to them
 */
export function questionRequestTemplate(stateMachineArn: string, tokensPerDay: string): string {
  const input: Record<keyof QuestionInput, string> = {
    kind: '\\"question\\"',
    source: '\\"caller\\"',
    // Its letters need no escaping: see CALLER_NAME.
    caller: '\\"$context.authorizer.principalId\\"',
    tokensPerDay: `\\"${tokensPerDay}\\"`,
    requestId: `\\"${REQUEST_ID}\\"`,
    body: `\\"${jsonEscaped('$escaped')}\\"`,
    bodyTooLarge: '$tooLarge',
  };
  return [
    `#set($escaped = ${jsonEscaped('$input.body')})`,
    `#set($tooLarge = $escaped.length() > ${MAX_ESCAPED_BODY})`,
    '#if($tooLarge)#set($escaped = "")#end',
    startExecution(stateMachineArn, input),
  ].join('\n');
}

export function healthRequestTemplate(stateMachineArn: string, kind: HealthInput['kind']): string {
  const input: Record<keyof HealthInput, string> = {
    kind: `\\"${kind}\\"`,
    requestId: `\\"${REQUEST_ID}\\"`,
  };
  return startExecution(stateMachineArn, input);
}

/** @param input the input's fields, each value escaped for a JSON string */
function startExecution(stateMachineArn: string, input: Readonly<Record<string, string>>): string {
  const fields = Object.entries(input).map(([name, value]) => `\\"${name}\\":${value}`);
  return `{"stateMachineArn":"${stateMachineArn}","input":"{${fields.join(',')}}"}`;
}

/**
 * Step Functions refuses what comes in a surge until it has the capacity, and callers can bring that about: it says
 * nothing of a region, as a function that is throttled does not. How AWS names it is assumed, of all services' errors:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html
 */
export function probeNotStartedTemplate(region: string): string {
  const busy: HealthAnswer = { status: 'ok', region, requestId: REQUEST_ID };
  return [
    `#set($error = "$!input.path('$.__type')")`,
    `#if($error.matches(".*(Throttl|TooManyRequests).*"))`,
    `#set($context.responseOverride.status = 200)`,
    JSON.stringify(busy),
    `#else`,
    errorBody(ERRORS.unavailable),
    `#end`,
  ].join('\n');
}

/**
 * StartSyncExecution answers 200 for an execution that failed, too. What failed is in the logs; its cause holds
 * stack traces and never gets out.
 */
export function executionResponseTemplate(retryAfterSeconds: number): string {
  const retryAfter = `#set($context.responseOverride.header.Retry-After = "${retryAfterSeconds}")`;
  return [
    `#set($execution = $input.path('$'))`,
    `#if($execution.status == 'SUCCEEDED')`,
    `#set($response = $util.parseJson($execution.output))`,
    `#set($context.responseOverride.status = $response.status)`,
    `#if($response.retryAfter)#set($context.responseOverride.header.Retry-After = "$response.retryAfter")#end`,
    `$response.body`,
    `#elseif($execution.status == 'TIMED_OUT')`,
    `#set($context.responseOverride.status = 504)`,
    retryAfter,
    errorBody(ERRORS.timedOut),
    `#else`,
    `#set($context.responseOverride.status = 500)`,
    retryAfter,
    errorBody(ERRORS.failed),
    `#end`,
  ].join('\n');
}
