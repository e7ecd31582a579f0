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
  /** Asked before anything of a request's body is read. */
  readonly admit: (head: RequestHead) => Promise<Admission>;
}

/** Whether a request is let in: of one that is refused, the body is never read. */
export type Admission =
  | {
      readonly kind: "admitted";
      /** Takes the parsed JSON body, unchecked; undefined when there is none. */
      readonly handle: (body: unknown) => Promise<HttpResponse>;
    }
  | { readonly kind: "refused"; readonly response: HttpResponse };

export interface RequestHead {
  readonly pathParameters: Readonly<Record<string, string>>;
  /** By name, decoded; a parameter that was given twice has two values. */
  readonly queryParameters: Readonly<Record<string, readonly string[]>>;
  /** By lower-case name; a header that was sent twice has two values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Closes the connection without an answer; what the route answers then reaches nobody. */
  hangUp(): void;
}

export interface HttpRequest extends RequestHead {
  readonly body: unknown;
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
