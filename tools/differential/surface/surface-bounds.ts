/**
 * What a survey of fresh statements may come to, in percent. They are lowered as the engine learns:
 * no statement may be answered wrongly in the end, and 15 % of those refused that use only what is
 * listed.
 */
export const SURFACE_BOUNDS = {
  /** Answered otherwise, beyond the words of an error, a notice, or an error's position. */
  wrongPercentMax: 1,
  /** Of the statements that use only what is listed. */
  refusedPercentMax: 15,
} as const;
