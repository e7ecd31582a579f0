import { RollingHash, type HashWords } from "./rolling-hash.ts";
import { TraceData, type TellData } from "./trace-data.ts";

/** One thing that happened. `step` counts the kernel's events, so even a silent detour shows. */
export interface TraceEvent {
  readonly atUs: number;
  readonly step: number;
  readonly kind: string;
  readonly actor: string;
  readonly text: string;
  /** An ordinal or a count that belongs to the text; 0 where there is none. */
  readonly detail: number;
  /** What a message carried, as text; empty where there is nothing. */
  readonly data: string;
}

/**
 * What a run left behind: its hash, how many events went into it, and the events where they were
 * kept.
 */
export interface TraceRecord {
  readonly hash: string;
  readonly count: number;
  readonly events: readonly TraceEvent[];
}

/** A text that is recorded again and again: hashed once, by the one who keeps it. */
export class TraceLabel {
  readonly text: string;
  /** What the hash is fed of it. */
  readonly words: HashWords;

  constructor(text: string) {
    const hash = new RollingHash();
    hash.addText(text);
    this.text = text;
    this.words = hash.toWords();
  }
}

/** Three labels that are recorded together again and again: kind, actor and text, hashed once. */
export class TraceTopic {
  readonly kind: string;
  readonly actor: string;
  readonly text: string;
  readonly words: HashWords;

  constructor(kind: TraceLabel, actor: TraceLabel, text: TraceLabel) {
    const hash = new RollingHash();
    hash.addWords(kind.words);
    hash.addWords(actor.words);
    hash.addWords(text.words);
    this.kind = kind.text;
    this.actor = actor.text;
    this.text = text.text;
    this.words = hash.toWords();
  }
}

const LABELS_MAX = 4_096;

/**
 * Records what happens. Every event goes into the hash; the events themselves are kept only when
 * asked for, and the hash is the same either way.
 */
export class Trace {
  readonly #keep: boolean;
  readonly #clock: { readonly nowUs: number; readonly step: number };
  readonly #hash = new RollingHash();
  readonly #events: TraceEvent[] = [];
  /**
   * Kinds, actors and most texts come again and again: hashing them once halves the cost of a
   * record.
   */
  readonly #labels = new Map<string, TraceLabel>();
  readonly #data: TraceData;
  #count = 0;

  constructor(options: {
    clock: { readonly nowUs: number; readonly step: number };
    keep: boolean;
  }) {
    this.#clock = options.clock;
    this.#keep = options.keep;
    this.#data = new TraceData(this.#hash, options.keep);
  }

  /**
   * `kind` is a word from a small set; `detail` a whole number, cheaper here than as digits in the
   * text.
   */
  record(kind: string, actor: string, text: string, detail = 0): void {
    this.recordLabels(this.#labelOf(kind), this.#labelOf(actor), this.#labelOf(text), detail);
  }

  /** As `record`, without looking the texts up. */
  recordLabels(kind: TraceLabel, actor: TraceLabel, text: TraceLabel, detail: number): void {
    const hash = this.#begin(detail);
    hash.addWords(kind.words);
    hash.addWords(actor.words);
    hash.addWords(text.words);
    this.#keepEvent(kind.text, actor.text, text.text, detail);
  }

  /** As `record`, for who records at every event of the network. */
  recordTopic(topic: TraceTopic, detail: number): void {
    this.#begin(detail).addWords(topic.words);
    this.#keepEvent(topic.kind, topic.actor, topic.text, detail);
  }

  #begin(detail: number): RollingHash {
    const hash = this.#hash;
    hash.addNumber(this.#clock.nowUs);
    hash.addNumber(this.#clock.step);
    hash.addNumber(detail);
    this.#count += 1;
    return hash;
  }

  #keepEvent(kind: string, actor: string, text: string, detail: number): void {
    if (this.#keep) {
      const { nowUs: atUs, step } = this.#clock;
      this.#events.push({ atUs, step, kind, actor, text, detail, data: "" });
    }
  }

  /** What the event recorded last has carried: it goes into the hash as well. */
  recordData<Message>(message: Message, tell: TellData<Message>): void {
    tell(message, this.#data);
    const last = this.#keep ? this.#events.pop() : undefined;
    if (last !== undefined) {
      this.#events.push({ ...last, data: this.#data.takeText() });
    }
  }

  #labelOf(text: string): TraceLabel {
    const known = this.#labels.get(text);
    if (known !== undefined) {
      return known;
    }
    const label = new TraceLabel(text);
    if (this.#labels.size < LABELS_MAX) {
      this.#labels.set(text, label);
    }
    return label;
  }

  finish(): TraceRecord {
    return { hash: this.#hash.digest(), count: this.#count, events: this.#events };
  }
}
