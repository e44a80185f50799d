/** A function that uses no SDK is compared with an empty module. */
export const nothing = undefined;
