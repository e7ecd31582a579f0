import type { Kernel } from "../../kernel/kernel.ts";
import type { RandomStream } from "../../kernel/random.ts";

/** A broker by its node id, or the controllers. */
export type ClusterNode = number | "controller";

/** How long a message between servers travels, in whole microseconds: as on the network. */
const TRAVEL_US = { min: 200, max: 800 } as const;

interface Direction {
  readonly from: ClusterNode;
  readonly stream: RandomStream;
  /** What was said while the link was cut, in its order. */
  readonly held: (() => void)[];
  isCut: boolean;
  lastArrivalUs: number;
}

/**
 * What the servers of a cluster say to each other. Each direction keeps its order. A link that is
 * cut holds what is said until it is healed, as TCP tries again and again: nothing is lost but with
 * an end of the link.
 */
export class ClusterLinks {
  readonly #kernel: Kernel;
  readonly #cluster: string;
  readonly #directions = new Map<string, Direction>();

  constructor(kernel: Kernel, cluster: string) {
    this.#kernel = kernel;
    this.#cluster = cluster;
  }

  /** `arrive` happens at the other end, which must look whether it is still there. */
  send(from: ClusterNode, to: ClusterNode, arrive: () => void): void {
    const direction = this.#direction(from, to);
    if (direction.isCut) {
      direction.held.push(arrive);
    } else {
      this.#travel(direction, arrive);
    }
  }

  /** Nothing arrives any more, either way, until it is healed. */
  cut(one: ClusterNode, other: ClusterNode): void {
    this.#direction(one, other).isCut = true;
    this.#direction(other, one).isCut = true;
  }

  heal(one: ClusterNode, other: ClusterNode): void {
    for (const direction of [this.#direction(one, other), this.#direction(other, one)]) {
      direction.isCut = false;
      for (const arrive of direction.held.splice(0)) {
        this.#travel(direction, arrive);
      }
    }
  }

  isCut(one: ClusterNode, other: ClusterNode): boolean {
    return this.#direction(one, other).isCut;
  }

  /** What a node had said over a cut link is lost with it. */
  forgetHeld(from: ClusterNode): void {
    for (const direction of this.#directions.values()) {
      if (direction.from === from) {
        direction.held.length = 0;
      }
    }
  }

  #travel(direction: Direction, arrive: () => void): void {
    const { nowUs } = this.#kernel;
    const travelUs = direction.stream.integer(TRAVEL_US.min, TRAVEL_US.max);
    const atUs = Math.max(nowUs + travelUs, direction.lastArrivalUs + 1);
    direction.lastArrivalUs = atUs;
    this.#kernel.schedule({
      delayUs: atUs - nowUs,
      actor: this.#cluster,
      settlesNothing: true,
      callback: arrive,
    });
  }

  #direction(from: ClusterNode, to: ClusterNode): Direction {
    const name = `${this.#cluster} ${from}>${to}`;
    let direction = this.#directions.get(name);
    if (direction === undefined) {
      const stream = this.#kernel.random.stream("kafka.cluster", name);
      direction = { from, stream, held: [], isCut: false, lastArrivalUs: -1 };
      this.#directions.set(name, direction);
    }
    return direction;
  }
}
