import { expect, test } from "vitest";
import type { Stream } from "../stream.ts";
import { serveOneByOne, type RequestHandler } from "./serve-one-by-one.ts";

/** A connection whose requests are answered when the test says so. */
function serving(afterEnd: RequestHandler<string, string>["afterEnd"]) {
  const seen: string[] = [];
  const answers: ((reply: string) => void)[] = [];
  let isOpen = true;
  const stream: Stream<string> = {
    name: "client.1/server#1",
    client: "client",
    get isOpen() {
      return isOpen;
    },
    send: (message, word) => void (isOpen && seen.push(`${word} ${message}`)),
    close: () => void (isOpen = false),
  };
  const listener = serveOneByOne<string, string>(stream, {
    serve(request, reply) {
      seen.push(`serve ${request}`);
      answers.push(reply);
    },
    afterEnd,
    onEnd: () => void seen.push("the end"),
  });
  return {
    seen,
    ask: (request: string) => listener.onMessage(request),
    answer: (reply: string) => answers.shift()?.(reply),
    answers,
    /** The client goes. */
    end() {
      stream.close();
      listener.onEnd();
    },
  };
}

test("requests are begun in order, each once the last one was answered", () => {
  const { seen, ask, answer } = serving("serve");
  ["one", "two", "three"].forEach(ask);
  expect(seen).toEqual(["serve one"]);
  answer("first");
  expect(seen).toEqual(["serve one", "reply first", "serve two"]);
  answer("second");
  answer("third");
  ask("four");
  expect(seen.slice(3)).toEqual(["reply second", "serve three", "reply third", "serve four"]);
});

test("what had arrived before the client went is still served, and then the end is told", () => {
  const { seen, ask, answer, end } = serving("serve");
  ["one", "two"].forEach(ask);
  end();
  answer("first");
  expect(seen).toEqual(["serve one", "serve two"]);
  answer("second");
  expect(seen).toEqual(["serve one", "serve two", "the end"]);
});

test("the end of an idle client is told at once", () => {
  const { seen, ask, answer, end } = serving("serve");
  ask("one");
  answer("first");
  end();
  expect(seen).toEqual(["serve one", "reply first", "the end"]);
});

test("where what waits is dropped, the end is told at once, and an answer begins nothing more", () => {
  const { seen, ask, answer, end } = serving("drop");
  ["one", "two"].forEach(ask);
  end();
  expect(seen).toEqual(["serve one", "the end"]);
  answer("first");
  expect(seen).toEqual(["serve one", "the end"]);
});

test("a request that is answered twice is a mistake, also while the next one is served", () => {
  const { ask, answers } = serving("serve");
  ["one", "two"].forEach(ask);
  const [answer] = answers;
  answer?.("first");
  expect(() => answer?.("again")).toThrow("client.1/server#1: a request was answered twice");
});
