import type { TellData } from "../kernel/trace-data.ts";
import type { LinkMessage } from "./way.ts";

/**
 * One end of a duplex stream of messages, as who speaks on it holds it. Both ends may send at any
 * time, asked or not, and each hears the other in the order of sending.
 */
export interface Stream<Out> {
  /**
   * The connection's, the same at both ends: who connected, over which of its connections
   * (`payment-1.1/kafka-1#2`: process, incarnation, server, ordinal).
   */
  readonly name: string;
  /** The process that connected: `payment-1`. */
  readonly client: string;
  /** False once either end has closed it, as far as this end knows. */
  readonly isOpen: boolean;
  /**
   * Sends a message under a word for the trace. What an end that is not open sends goes nowhere, as
   * on a socket.
   */
  send(message: Out, word: LinkMessage): void;
  /** Hangs up. What was sent still arrives; what is on its way here is no longer heard. */
  close(): void;
}

/** Who listens at one end. It is told nothing more once its own end is closed. */
export interface StreamListener<In> {
  onMessage(message: In): void;
  /** The other end has closed or is gone, and everything that it had sent has arrived. */
  onEnd(): void;
}

/** What is spoken at one end: given the end, says who listens there. */
export type Speaker<Out, In> = (stream: Stream<Out>) => StreamListener<In>;

/** What goes into the trace of the messages each way. */
export interface ProtocolData<in out ToServer, in out ToClient> {
  readonly toServer: TellData<ToServer>;
  readonly toClient: TellData<ToClient>;
}
