import Type, { type Static } from "typebox";
import { CONSUMER_GROUPS } from "../../../system/process/services.ts";
import { KAFKA } from "../effect-name.ts";
import type { FaultKind } from "../fault-kind.ts";
import { beginning, RECOVERY_MS } from "../outside.ts";

/**
 * The members of a consumer group are expelled, and what it has committed is set back by so many
 * records of each partition; by none, they only have to join anew.
 */
export type RewoundGroupFault = Static<typeof schema>;

const schema = Type.Object(
  {
    kind: Type.Literal("rewound-group"),
    ...beginning,
    group: Type.Enum(CONSUMER_GROUPS.map(({ group }) => group)),
    back: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  },
  { additionalProperties: false },
);

export const rewoundGroupKind: FaultKind<RewoundGroupFault> & { readonly schema: typeof schema } = {
  kind: "rewound-group",
  noun: { one: "rewound group", many: "rewound groups" },
  sentence:
    "The members of a consumer group are expelled, whatever they have in hand, and its committed offsets may be set back: they join anew, and get again what they had.",
  schema,
  triggerOf: ({ atMs }) => ({ on: "outside", atMs, process: null, server: KAFKA }),
  complaint: () => undefined,
  needs: ["rewind-groups"],
  outageMs: () => 0,
  lingersMs: () => RECOVERY_MS,
  firesWith: "begin",
  tellBegin: ({ group, back }) =>
    back === 0
      ? `Expels the members of ${group}.`
      : `Expels the members of ${group}, and sets it back by up to ${back} records of each partition.`,
  tellEnd: null,
};
