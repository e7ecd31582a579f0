import type { Port, Protocol } from "../protocol.ts";
import type { Push } from "./push.ts";

/** A protocol in which the client asks, the server answers, and may push notices in between. */
export type RequestReplyProtocol<Request, Reply, Notice = never> = Protocol<
  Request,
  FromServer<Reply, Notice>
>;

/** A port of such a protocol. */
export type RequestReplyPort<Request, Reply, Notice = never> = Port<
  Request,
  FromServer<Reply, Notice>
>;

/** All that a server of requests sends. */
export type FromServer<Reply, Notice = never> = Reply | Push<Notice>;
