import type { TraceEvent, TraceRecord } from "./trace.ts";

/** Where two runs part. `index` counts trace events from 0. */
export interface TraceDifference {
  readonly index: number;
  /** The event each had there; undefined where that run had already ended. */
  readonly one: TraceEvent | undefined;
  readonly other: TraceEvent | undefined;
  /** Both contexts, the last common events first, ready to print. */
  readonly text: string;
}

const CONTEXT_COUNT = 5;

/**
 * The first event in which two runs differ, or undefined when they are the same run. A run that
 * ended early differs. Both must have kept their events, or nothing can be named.
 */
export function compareTraces(one: TraceRecord, other: TraceRecord): TraceDifference | undefined {
  for (const record of [one, other]) {
    if (record.events.length !== record.count) {
      throw new Error(
        `a trace of ${record.count} events kept ${record.events.length} of them: compare runs made with recordTrace`,
      );
    }
  }
  const longest = Math.max(one.count, other.count);
  for (let index = 0; index < longest; index += 1) {
    const left = one.events[index];
    const right = other.events[index];
    if (!isSame(left, right)) {
      return { index, one: left, other: right, text: describe(one, other, index) };
    }
  }
  if (one.hash === other.hash) {
    return undefined;
  }
  throw new Error(`the same ${one.count} events hash to ${one.hash} and to ${other.hash}`);
}

/** One event as a line: time in milliseconds, kind, actor, text. */
function formatTraceEvent(event: TraceEvent): string {
  const time = `${Math.floor(event.atUs / 1000)}.${String(event.atUs % 1000).padStart(3, "0")} ms`;
  const detail = event.detail === 0 ? "" : ` #${event.detail}`;
  const data = event.data === "" ? "" : `  ${event.data}`;
  return `${time}  step ${event.step}  ${event.kind}  ${event.actor}  ${event.text}${detail}${data}`;
}

function isSame(one: TraceEvent | undefined, other: TraceEvent | undefined): boolean {
  if (one === undefined || other === undefined) {
    return one === other;
  }
  return (
    one.atUs === other.atUs &&
    one.step === other.step &&
    one.kind === other.kind &&
    one.actor === other.actor &&
    one.text === other.text &&
    one.detail === other.detail &&
    one.data === other.data
  );
}

function describe(one: TraceRecord, other: TraceRecord, index: number): string {
  const common = one.events.slice(Math.max(0, index - CONTEXT_COUNT), index);
  return [
    `the runs part at event ${index} (${one.count} and ${other.count} events in all)`,
    ...common.map((event) => `  both   ${formatTraceEvent(event)}`),
    ...following("one", one, index),
    ...following("other", other, index),
  ].join("\n");
}

function following(label: string, record: TraceRecord, index: number): readonly string[] {
  const events = record.events.slice(index, index + CONTEXT_COUNT);
  if (events.length === 0) {
    return [`  ${label.padEnd(5)}  ended here`];
  }
  return events.map((event) => `  ${label.padEnd(5)}  ${formatTraceEvent(event)}`);
}
