/** Something that the server tells a client beside its answers, and that is no error. */
export interface Notice {
  readonly severity: "WARNING" | "NOTICE" | "INFO";
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}
