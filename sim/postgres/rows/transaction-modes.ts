/** The isolation levels that are simulated. */
export type Isolation = "read committed" | "repeatable read" | "serializable";

/** What BEGIN or SET TRANSACTION says of a transaction; what it does not say stays as it is. */
export interface TransactionModes {
  readonly isolation?: Isolation;
  readonly readOnly?: boolean;
  readonly deferrable?: boolean;
}
