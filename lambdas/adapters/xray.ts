import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { REACTIONS } from '../tier/reactions';
import type { ModelCall, TraceModelCall } from '../tier/telemetry';
import { sampledTrace, type SampledTrace } from './environment';

/**
 * Tells X-Ray of calls of models, by datagrams to the daemon beside the function: no answer waits for them, and nothing is
 * left to do after it, when an instance is frozen. What is lost is a line of a trace.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export function createTracer(daemon = process.env.AWS_XRAY_DAEMON_ADDRESS): TraceModelCall | undefined {
  const [host, port] = daemon?.split(':') ?? [];
  if (host === undefined || port === undefined) return undefined;
  let socket: Socket | undefined;
  return (call) => {
    const trace = sampledTrace();
    if (trace === undefined) return;
    socket ??= createSocket('udp4')
      .unref()
      .on('error', () => undefined);
    socket.send(`${HEADER}\n${JSON.stringify(subsegment(trace, call, Date.now()))}`, Number(port), host);
  };
}

const HEADER = '{"format":"json","version":1}';

/**
 * An independent subsegment, by OpenTelemetry's conventions: its name, and the attributes of a client's span. Annotations
 * are what X-Ray searches by; a list can only be metadata.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-subsegments
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/client-inference.md
 */
export function subsegment(trace: SampledTrace, call: ModelCall, now: number): object {
  const { model, tier, attempt, began, firstSignMs, failure, reply } = call;
  return {
    type: 'subsegment',
    trace_id: trace.root,
    parent_id: trace.parent,
    id: randomBytes(8).toString('hex'),
    name: `chat ${model}`,
    namespace: 'remote',
    start_time: began / 1_000,
    end_time: now / 1_000,
    ...(failure && flags(failure)),
    annotations: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': model,
      ...(firstSignMs !== undefined && { 'gen_ai.response.time_to_first_chunk': firstSignMs / 1_000 }),
      ...(reply && {
        'gen_ai.usage.input_tokens': reply.usage.inputTokens,
        'gen_ai.usage.output_tokens': reply.usage.outputTokens,
      }),
      ...(failure && { 'error.type': failure }),
      tier,
      attempt,
    },
    ...(reply && { metadata: { default: { 'gen_ai.response.finish_reasons': [reply.stopReason] } } }),
  };
}

/** X-Ray's three kinds: the client's error, its load, the server's fault. */
function flags(failure: NonNullable<ModelCall['failure']>): object {
  const cause = failure === 'circuit_open' ? 'caller' : REACTIONS[failure].cause;
  if (cause === 'load') return { error: true, throttle: true };
  return cause === 'caller' ? { error: true } : { fault: true };
}
