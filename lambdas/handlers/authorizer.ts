import type { KnownCallers } from '../../contract/callers';
import { copyEnvironment } from '../adapters/environment';
import { createTokenVerifier } from '../adapters/jwt';
import { createLog } from '../adapters/log';
import { authorize, type AuthorizerEvent, type AuthorizerResult } from '../authorizer/authorize';

const callers = JSON.parse(copyEnvironment()('CALLERS')) as KnownCallers;
const authorizer = { callers, verifyToken: createTokenVerifier(callers.issuers), log: createLog() };

/** Says to API Gateway who asks, before anything else of the assistant is run. */
export const handler = (event: AuthorizerEvent): Promise<AuthorizerResult> => authorize(authorizer, event);
