import type { StoryStep } from "../../reports/evidence/evidence.ts";

/** As long as a repetition may be, in steps of one actor. */
const LENGTH_MAX = 12;
/** What comes twice is told twice. */
const TIMES_MIN = 3;

/**
 * Tells what an actor does over and over once, and how many times more it comes at the place where
 * it comes last. What others do meanwhile stays where it is. A repetition may hold another: the
 * attempts of each delivery of a message.
 */
export function foldRepetitions(steps: readonly StoryStep[]): readonly StoryStep[] {
  const folded = foldOnce(steps);
  return folded.length < steps.length ? foldRepetitions(folded) : folded;
}

function foldOnce(steps: readonly StoryStep[]): readonly StoryStep[] {
  const folded: (StoryStep | undefined)[] = [...steps];
  for (const actor of new Set(steps.map((step) => step.actor))) {
    const places = [...steps.keys()].filter((place) => steps[place]?.actor === actor);
    const texts = places.map((place) => sameness(steps[place]));
    for (let at = 0; at < places.length;) {
      const { length, times } = repetitionAt(texts, at);
      if (times >= TIMES_MIN) {
        const first = steps[places[at] ?? 0];
        const repeated = places.slice(at + length, at + length * times);
        repeated.forEach((place) => (folded[place] = undefined));
        const last = repeated.at(-1) ?? at;
        folded[last] = foldStep(steps[last], length === 1 ? undefined : first?.text, times - 1);
      }
      at += times >= TIMES_MIN ? length * times : 1;
    }
  }
  return folded.filter((step) => step !== undefined);
}

/** The same for steps that say the same, but for the number of an attempt. */
function sameness(step: StoryStep | undefined): string {
  return `${step?.kind} ${step?.text.replace(/\(attempt [0-9]+/u, "(attempt")}`;
}

/** The shortest run of texts that comes often enough in a row from there on. */
function repetitionAt(
  texts: readonly string[],
  at: number,
): { readonly length: number; readonly times: number } {
  for (let length = 1; length <= LENGTH_MAX; length += 1) {
    let end = at + length;
    while (end < texts.length && texts[end] === texts[end - length]) {
      end += 1;
    }
    const times = Math.floor((end - at) / length);
    if (times >= TIMES_MIN) {
      return { length, times };
    }
  }
  return { length: 1, times: 1 };
}

/** `from` is how the repetition begins, where it has more than one step. */
function foldStep(
  step: StoryStep | undefined,
  from: string | undefined,
  times: number,
): StoryStep | undefined {
  if (step === undefined) {
    return undefined;
  }
  const what = from === undefined ? "The same" : `The same, from "${from}" on,`;
  const text = `${what} comes ${times} times more, here for the last time.`;
  return { ...step, kind: "note", fault: null, text };
}
