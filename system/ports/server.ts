import type { Operation } from "./operation.ts";

/** Where a service answers its clients. */
export interface Server {
  /** Answers on the given routes until closed. */
  serve(routes: readonly Route[]): Promise<RunningServer>;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** A path whose variable parts begin with a colon: `/payments/:id`. */
  readonly path: string;
  /** What it takes and answers; one without is told of to nobody, and answers everybody. */
  readonly operation?: Operation;
  readonly handle: (request: HttpRequest) => Promise<HttpResponse>;
}

export interface HttpRequest {
  readonly pathParameters: Readonly<Record<string, string>>;
  /** By name, decoded; a parameter that was given twice has two values. */
  readonly queryParameters: Readonly<Record<string, readonly string[]>>;
  /** By lower-case name; a header that was sent twice has two values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** The parsed JSON body, unchecked; undefined when there is none. */
  readonly body: unknown;
  /** Closes the connection without an answer; what the route answers then reaches nobody. */
  hangUp(): void;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; as it is where a header says that it is text. */
  readonly body: unknown;
}

export interface RunningServer {
  /** Stops taking requests and finishes those in hand. */
  close(): Promise<void>;
}
