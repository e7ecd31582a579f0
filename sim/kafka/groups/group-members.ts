import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { Assignment } from "../protocol/protocol.ts";
import type { MemberImage } from "./group-image.ts";
import type { GroupMember } from "./group-member.ts";

/** The members of a group, in the order of joining, and who of them leads. */
export class GroupMembers {
  readonly #members = new Map<string, GroupMember>();
  /** Empty while there is nobody. */
  leaderId = "";

  get size(): number {
    return this.#members.size;
  }

  /** A copy: members may go while it is walked. */
  all(): readonly GroupMember[] {
    return [...this.#members.values()];
  }

  get(memberId: string): GroupMember | undefined {
    return this.#members.get(memberId);
  }

  /** Whether who says so is a member, and under its present name. */
  check({
    memberId,
    groupInstanceId,
  }: {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
  }): KafkaErrorCode {
    const current = this.idOfInstance(groupInstanceId);
    if (groupInstanceId !== null && current !== "" && current !== memberId) {
      return "FENCED_INSTANCE_ID";
    }
    const isUnknown = groupInstanceId !== null && current === "";
    return isUnknown || !this.#members.has(memberId) ? "UNKNOWN_MEMBER_ID" : "NONE";
  }

  /** The longest of all: so long a rebalance waits. */
  get rebalanceTimeoutMs(): number {
    return Math.max(0, ...this.all().map(({ terms }) => terms.rebalanceTimeoutMs));
  }

  get awaitingJoinCount(): number {
    return this.all().filter((member) => member.isAwaitingJoin).length;
  }

  /** Empty where there is no such static member. */
  idOfInstance(instanceId: string | null): string {
    if (instanceId === null) {
      return "";
    }
    return this.all().find((member) => member.instanceId === instanceId)?.id ?? "";
  }

  /** The first one leads. */
  add(member: GroupMember): void {
    this.#members.set(member.id, member);
    if (this.leaderId === "") {
      this.leaderId = member.id;
    }
  }

  remove(member: GroupMember): void {
    this.#members.delete(member.id);
    if (this.leaderId === member.id) {
      this.leaderId = this.all()[0]?.id ?? "";
    }
  }

  rename(member: GroupMember, memberId: string): void {
    const isLeader = this.leaderId === member.id;
    this.#members.delete(member.id);
    member.id = memberId;
    this.#members.set(memberId, member);
    if (isLeader) {
      this.leaderId = memberId;
    }
  }

  /** A leader that has not joined again gives way to one that has. Whether any has. */
  electJoinedLeader(): boolean {
    if (this.#members.get(this.leaderId)?.isAwaitingJoin === true) {
      return true;
    }
    const joined = this.all().find((member) => member.isAwaitingJoin);
    this.leaderId = joined?.id ?? this.leaderId;
    return joined !== undefined;
  }

  allSupport(protocol: string): boolean {
    return this.all().every((member) =>
      member.terms.protocols.some(({ name }) => name === protocol),
    );
  }

  /**
   * Each votes for the first of its protocols that all know; the most votes win, and of as many the
   * protocol that got its first vote first.
   */
  chooseProtocol(): string {
    const votes = new Map<string, number>();
    for (const { terms } of this.#members.values()) {
      const choice = terms.protocols.find(({ name }) => this.allSupport(name))?.name ?? "";
      votes.set(choice, (votes.get(choice) ?? 0) + 1);
    }
    const most = Math.max(0, ...votes.values());
    return [...votes].find(([, count]) => count === most)?.[0] ?? "";
  }

  assignments(): ReadonlyMap<string, Assignment> {
    return new Map(this.all().map(({ id, assignment }) => [id, assignment]));
  }

  describe(protocol: string, assignments: ReadonlyMap<string, Assignment>): readonly MemberImage[] {
    return this.all().map((member) => ({
      id: member.id,
      instanceId: member.instanceId,
      sessionTimeoutMs: member.terms.sessionTimeoutMs,
      rebalanceTimeoutMs: member.terms.rebalanceTimeoutMs,
      protocol: { name: protocol, topics: member.topicsFor(protocol) },
      assignment: assignments.get(member.id) ?? [],
    }));
  }
}
