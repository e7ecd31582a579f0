/** One request of a client. */
export interface ClientRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, string | number>>;
}
