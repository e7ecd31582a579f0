/**
 * The name of an effect, an exchange between a process and the outside, printed as
 * `process/resource/operation#ordinal`: `payment-1/payment-db/accept.commit#3` is the third COMMIT
 * of an `accept` transaction that process payment-1 asked its database for. Ordinals count one
 * operation within one incarnation of the process; a later incarnation shows in the process's name
 * (`payment-1~2`), so that no name is used twice in a run.
 */
export interface EffectName {
  readonly process: string;
  /** 1 for the first start of the process. */
  readonly incarnation: number;
  /** `payment-db`, `kafka`, `http`. */
  readonly resource: string;
  /** `accept.commit`, `produce`, `answer`. */
  readonly operation: string;
  /** From 1 on. */
  readonly ordinal: number;
}

export const KAFKA = "kafka";
export const HTTP = "http";
/** The label of what arrives on a channel of a database. */
export const NOTIFIED = "notified";

/** The resource that a service's database is. */
export function databaseResource<Service extends string>(service: Service): `${Service}-db` {
  return `${service}-db`;
}

/** The one printer of effect names. */
export function printEffect(name: EffectName): string {
  return printOrdinal(printPlace(name), name.ordinal);
}

/** An effect's whole name, from all of it but its ordinal. */
export function printOrdinal(place: string, ordinal: number): string {
  return `${place}#${ordinal}`;
}

/** All of an effect's name but its ordinal. */
export function printPlace(place: Omit<EffectName, "ordinal">): string {
  const { process, incarnation, resource, operation } = place;
  const who = incarnation === 1 ? process : `${process}~${incarnation}`;
  return `${who}/${resource}/${operation}`;
}

/** The one reader of effect names; undefined for a text that is none. */
export function parseEffect(text: string): EffectName | undefined {
  const match = /^([a-z0-9-]+)(?:~([0-9]{1,6}))?\/([a-z0-9-]+)\/([a-z0-9.-]+)#([0-9]{1,9})$/.exec(
    text,
  );
  if (match === null) {
    return undefined;
  }
  const [, process = "", incarnation = "1", resource = "", operation = "", ordinal = ""] = match;
  const name = {
    process,
    incarnation: Number(incarnation),
    resource,
    operation,
    ordinal: Number(ordinal),
  };
  // What is printed otherwise (`~1`, `#0`, `#007`) names an effect that never comes.
  return name.ordinal > 0 && printEffect(name) === text ? name : undefined;
}

/** @throws Error for a text that is no effect's name */
export function demandEffect(text: string): EffectName {
  const name = parseEffect(text);
  if (name === undefined) {
    throw new Error(`${JSON.stringify(text)} is not the name of an effect`);
  }
  return name;
}
