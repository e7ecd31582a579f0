/** A parameter where it stood before anything had given it a type. */
export interface OpenParameter {
  readonly number: number;
  readonly position: number | undefined;
  isSettled: boolean;
}
