/**
 * What Route 53 asks, under a path that only those know who deploy: `https://<region's name>/<secret>/health`. A check
 * that strangers can reach is a check that strangers can fail.
 */

/** Whether the region can serve: 200, else 503. */
export const PROBE_HEALTH_PATH = '/health';

/** Where the standby says whether the primary is evacuated: 200 if it is, else 404. */
export const PROBE_EVACUATION_PATH = '/evacuation';

/** The Terraform variable that holds the secret, the same for both regions' stacks. */
export const PROBE_SECRET_VARIABLE = 'probe_secret';

/** 32 hexadecimal digits are 128 bits. */
export const MIN_PROBE_SECRET_CHARACTERS = 32;

/** What a run on a laptop has, where nothing is at stake; a plan refuses it. */
export const LAPTOP_PROBE_SECRET = 'a-secret-that-everybody-knows-is-none';
