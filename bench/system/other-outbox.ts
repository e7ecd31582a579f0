/** Where `pg-transactional-outbox` keeps its messages. */
export const OTHER_OUTBOX = {
  outboxOrInbox: "outbox",
  database: "other",
  schema: "public",
  table: "outbox",
  listenerRole: "postgres",
  nextMessagesName: "next_outbox_messages",
} as const;
