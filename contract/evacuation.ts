/** The switch by which an operator takes the primary region out of use: an item in the standby region's table. */

export const SWITCH_KEY = 'name';

/** The item's key; while it stands, the primary is evacuated. */
export const EVACUATION_SWITCH = 'primary-evacuated';

/** @returns the table's name, the same in each region */
export const switchTableName = (project: string): string => `${project}-switches`;
