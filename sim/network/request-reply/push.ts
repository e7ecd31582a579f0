import type { Stream } from "../stream.ts";

/** Says something to a client that it did not ask for. It arrives in order with the replies. */
export function push<Notice>(stream: Stream<Push<Notice>>, notice: Notice): void {
  stream.send(new Push(notice), "push");
}

/**
 * What a client is told without having asked. A class of its own, so that nothing has to be wrapped
 * around a reply, of which there are many more.
 */
export class Push<Notice> {
  readonly notice: Notice;

  constructor(notice: Notice) {
    this.notice = notice;
  }
}
