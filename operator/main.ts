import { run } from './program';

// Its advice is for those who deploy on this Node; this command only runs on it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

void run(process.argv.slice(2));
