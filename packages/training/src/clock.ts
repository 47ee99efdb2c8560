/** The clock: for figures of speed and for the pace of reports. Nothing that is computed depends on it. */

/** The time in milliseconds. */
// biome-ignore lint/plugin: see above.
export const now = (): number => performance.now();
