import type { Mutant, SourcePatch } from "./mutant.ts";

/** Always killed, by the first commit that moves money: proof that the pipeline can fail. */
export const CANARY = "Z0";

/** Defects of a line or two, each put into the source of the services when they are loaded. */
export const PATCHED_MUTANTS: readonly Mutant[] = [
  {
    id: "A1",
    defect:
      "The payment service answers a request that comes again with its key, where the id of its payment belongs.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/idempotency.ts",
        'paymentId: textColumn(row, "payment_id")',
        "paymentId: request.idempotencyKey",
      ),
    ],
  },
  {
    id: "A2",
    defect:
      "A group of requests is answered before its transaction is committed: what then is not there was accepted all the same.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/accept.ts",
        "  const isGroup = requests.length > 1;\n",
        "  const isGroup = requests.length > 1;\n  const early = Promise.withResolvers<readonly Acceptance[]>();\n",
      ),
      patch(
        "system/payment/accept.ts",
        "      return asked.map((each, index) =>\n        areNew[index] === true ? acceptanceOf(each) : demandAnswer(answers, each),\n      );\n",
        "      const told = asked.map((each, index) =>\n        areNew[index] === true ? acceptanceOf(each) : demandAnswer(answers, each),\n      );\n      early.resolve(told);\n      return told;\n",
      ),
      patch(
        "system/payment/accept.ts",
        "return isGroup ? accepting : orInProgress(accepting,",
        "accepting.catch(early.reject);\n  return isGroup ? early.promise : orInProgress(early.promise,",
      ),
    ],
  },
  {
    id: "A3",
    defect: "The payment service tells a client that its payment is where none can be.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/routes.ts",
        "location: `/payments/${acceptance.paymentId}`",
        "location: `/payment/${acceptance.paymentId}`",
      ),
    ],
  },
  {
    id: "A4",
    defect: "A client is told that nothing was done where nobody knows whether it was.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/http/answering.ts",
        'applied === "unknown" ? "outcome-unknown" : "not-available"',
        '"not-available"',
      ),
    ],
  },
  {
    id: "A5",
    defect: "A reversal of all that is left gives back a baisa less, where there is more than one.",
    breaks: "sides-agree",
    patches: [
      patch(
        "system/payment/reverse.ts",
        'return { kind: "reverse", money: { amountMinor: leftMinor, currency } };',
        'return { kind: "reverse", money: { amountMinor: leftMinor > 1n ? leftMinor - 1n : leftMinor, currency } };',
      ),
    ],
  },
  {
    id: "A6",
    defect: "What reversals that failed were to give back counts as given back.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/reverse.ts",
        "WHERE reverses_payment_id = $1 AND status <> 'FAILED'",
        "WHERE reverses_payment_id = $1",
      ),
    ],
  },
  {
    id: "A7",
    defect: "Reversals of one payment that are asked for at once are decided side by side.",
    breaks: "sides-agree",
    patches: [patch("system/payment/records.ts", "WHERE id = $1 FOR UPDATE", "WHERE id = $1")],
  },
  {
    id: "A8",
    defect:
      "A client that waits for the end of a payment is told of it only when its time is over.",
    breaks: "answered",
    patches: [
      patch(
        "system/payment/wait.ts",
        'if (payment.status !== "PENDING" || leftMs <= 0) {',
        "if (leftMs <= 0) {",
      ),
    ],
  },
  {
    id: "E1",
    defect: "The wallet service begins a new trace for each of its verdicts.",
    breaks: "sides-agree",
    patches: [
      patch(
        "system/wallet/transfer.ts",
        "nextSpan(ports.entropy, fresh[index]?.trace)",
        "nextSpan(ports.entropy, fresh[index] && undefined)",
      ),
    ],
  },
  {
    id: "E2",
    defect: "A payment is written down as settled when it was accepted.",
    breaks: "sides-agree",
    patches: [
      patch(
        "system/payment/settle.ts",
        "settled_at_ms = $4,",
        "settled_at_ms = CASE WHEN $4::bigint > 0 THEN accepted_at_ms END,",
      ),
    ],
  },
  {
    id: "E3",
    defect: "The wallet's events name the payment service as their source.",
    breaks: "sides-agree",
    patches: [
      patch(
        "system/domain/events.ts",
        "`/falconpay/${PUBLISHERS[event.type]}`",
        '"/falconpay/payment"',
      ),
    ],
  },
  {
    id: "E4",
    defect: "The services pass on nothing of what others say of a trace.",
    breaks: "sides-agree",
    patches: [
      patch(
        "system/http/trace.ts",
        "readTrace({ traceparent, tracestate })",
        "readTrace({ traceparent, tracestate: tracestate.slice(1) })",
      ),
    ],
  },
  {
    id: "E5",
    defect: "Every step of a trace says that it is the same one.",
    breaks: "sides-agree",
    patches: [
      patch(
        "system/domain/trace-context.ts",
        "return `00-${traceId}-${spanId}-0${flags}`;",
        "return `00-${traceId}-${spanId.slice(16)}b7ad6b7169203331-0${flags}`;",
      ),
    ],
  },
  {
    id: "J1",
    defect: "A page of payments begins behind all that were accepted with the last one before it.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/list.ts",
        "(accepted_at_ms > ${atMs} OR (accepted_at_ms = ${atMs} AND id > ${id}))",
        "(accepted_at_ms > ${atMs} OR (accepted_at_ms > ${atMs} AND id > ${id}))",
      ),
    ],
  },
  {
    id: "J2",
    defect: "Payments after a moment are given with those of that moment.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/list.ts",
        "accepted_at_ms > ${place(query.createdAfterMs)}",
        "accepted_at_ms >= ${place(query.createdAfterMs)}",
      ),
    ],
  },
  {
    id: "J3",
    defect: "A payment's timeline says that its event was sent when it was accepted.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/timeline.ts",
        'events.push({ what: "published", atMs: sentAtMs });',
        'events.push({ what: "published", atMs: payment.acceptedAtMs });',
      ),
    ],
  },
  {
    id: "J4",
    defect: "A customer's list of payments has everybody's.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/list-request.ts",
        'principal.scopes.has("operator") ? undefined : principal.id',
        "principal.id === undefined ? principal.id : undefined",
      ),
    ],
  },
  {
    id: "J5",
    defect: "Who gets the money is not shown its payment.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/records.ts",
        "[orderedBy, senderOwnerId, receiverOwnerId].includes(id)",
        "[orderedBy, senderOwnerId].includes(id) || receiverOwnerId === undefined",
      ),
    ],
  },
  {
    id: "J6",
    defect: "A parameter that no list knows is left alone.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/list-request.ts",
        "if (unknown !== undefined) {",
        'if (unknown === "") {',
      ),
    ],
  },
  {
    id: "J7",
    defect: "A wallet that is there can be opened again for another owner.",
    breaks: "answers-hold",
    patches: [patch("system/wallet/open-wallet.ts", "    wallet.ownerId === ownerId &&\n", "")],
  },
  {
    id: "K2",
    defect: "A client's key is everybody's: who comes second with it is refused.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/idempotency.ts",
        "  const { principalId, idempotencyKey } = request;\n  return { principalId, idempotencyKey, fingerprint: fingerprintOfTransfer(request) };",
        '  const { idempotencyKey } = request;\n  return { principalId: "anybody", idempotencyKey, fingerprint: fingerprintOfTransfer(request) };',
      ),
    ],
  },
  {
    id: "B1",
    defect: "Both ledger entries of a payment name the balance that the sender is left with.",
    breaks: "balanced",
    patches: [
      patch(
        "system/wallet/post.ts",
        "entries.map(({ balanceAfterMinor }) => balanceAfterMinor)",
        "entries.map((_, index) => entries[index - (index % 2)]?.balanceAfterMinor ?? 0n)",
      ),
    ],
  },
  {
    id: "D1",
    defect: "The wallet refuses a transfer of more than half of what the sender has.",
    breaks: "decided-right",
    patches: [
      patch(
        "system/domain/wallet.ts",
        "wallet.balance.amountMinor < money.amountMinor",
        "wallet.balance.amountMinor < money.amountMinor * 2n",
      ),
    ],
  },
  {
    id: "D2",
    defect: "The wallet refuses a transfer of all that the sender has.",
    breaks: "decided-right",
    scenario: "outages",
    patches: [
      patch(
        "system/domain/wallet.ts",
        "wallet.balance.amountMinor < money.amountMinor",
        "wallet.balance.amountMinor <= money.amountMinor",
      ),
    ],
  },
  {
    id: "D3",
    defect:
      "The wallet decides each transfer of a batch on what its wallets held before the batch: what just came in cannot be sent on.",
    breaks: "decided-right",
    scenario: "outages",
    patches: [
      patch(
        "system/wallet/transfer.ts",
        "sender: wallets.get(senderWalletId)",
        "sender: locked.find((wallet) => wallet.id === senderWalletId)",
      ),
      patch(
        "system/wallet/transfer.ts",
        "receiver: wallets.get(receiverWalletId)",
        "receiver: locked.find((wallet) => wallet.id === receiverWalletId)",
      ),
      patch(
        "system/wallet/transfer.ts",
        "const { from, to } = decision;",
        "const from = wallets.get(senderWalletId) ?? decision.from;\n    const to = wallets.get(receiverWalletId) ?? decision.to;",
      ),
    ],
  },
  {
    id: "F1",
    defect: "The wallet has no outbox: what it decides is told to nobody.",
    breaks: "ends",
    patches: [
      patch(
        "system/wallet/transfer.ts",
        "await appendToOutbox(connection, verdicts);",
        "void appendToOutbox, verdicts;",
      ),
    ],
  },
  {
    id: "F2",
    defect: "Nothing emits payment.failed: a payment without balance stays PENDING for ever.",
    breaks: "ends",
    patches: [
      patch(
        "system/wallet/transfer.ts",
        "await appendToOutbox(connection, verdicts);",
        'await appendToOutbox(connection, verdicts.filter(({ type }) => type === "payment.completed"));',
      ),
    ],
  },
  {
    id: "F4",
    defect:
      "The wallet locks the wallets of transfers one by one, each sender before its receiver.",
    breaks: "no-deadlock",
    scenario: "retries",
    patches: [
      patch("system/wallet/transfer.ts", "function lockParties(", "async function lockParties("),
      patch(
        "system/wallet/transfer.ts",
        "  return lockWallets(connection, [...new Set(parties)]);\n",
        `  const locked: Account[] = [];
  for (const id of new Set(parties)) {
    locked.push(...(await lockWallets(connection, [id])));
  }
  return locked;
`,
      ),
    ],
  },
  {
    id: "F5",
    defect: "Balances are summed as floating-point numbers of whole OMR.",
    breaks: "balanced",
    patches: [
      patch(
        "system/domain/ledger.ts",
        "account.balance.amountMinor + signed(direction, amountMinor)",
        "BigInt(Math.floor((Number(account.balance.amountMinor) / 1000 + Number(signed(direction, amountMinor)) / 1000) * 1000))",
      ),
    ],
  },
  {
    id: "F6",
    defect:
      "A balance is updated where its version is as expected, and nobody looks whether that was a row: entries commit, and the balance does not move.",
    breaks: "balanced",
    patches: [
      patch(
        "system/wallet/post.ts",
        "     WHERE wallets.id = entry.wallet_id`",
        "     WHERE wallets.id = entry.wallet_id AND wallets.entry_count = entry.position - 1`",
      ),
      patch("system/wallet/post.ts", "rowCount !== lasts.length", "rowCount > lasts.length"),
    ],
  },
  {
    id: "F13",
    defect: "Whoever asks for a wallet that is not there has it made.",
    breaks: "sides-agree",
    patches: [
      patch(
        "system/wallet/show-wallet.ts",
        "  const [wallet] = rows.map(readAccount);\n",
        `  if (rows.length === 0) {
    await runStatement(database, "read", {
      label: "make",
      sql: \`INSERT INTO wallets (id, kind, currency, balance_minor, frozen, entry_count,
              last_entry_hash, opened_at_ms, owner_id)
            VALUES ($1, 'customer', 'OMR', 0, false, 0, '', 0, $2) ON CONFLICT (id) DO NOTHING\`,
      parameters: [walletId, id],
    });
  }
  const [wallet] = rows.map(readAccount);
`,
      ),
    ],
  },
  {
    id: "H4",
    defect: "The wallet claims events in a transaction of its own: a crash after it drops them.",
    breaks: "handled",
    patches: [
      patch(
        "system/wallet/transfer.ts",
        "    const areNew = await claimEvents(connection, created, nowMs);\n",
        `    const areNew = await claimEvents(connection, created, nowMs);
    await connection.query({ label: "commit", sql: "COMMIT" });
    await connection.query({ label: "begin", sql: "BEGIN" });
`,
      ),
    ],
  },
  {
    id: "L2",
    defect: "The wallet reads balances without a lock: two transfers at once start from the same.",
    breaks: "handled",
    patches: [patch("system/wallet/accounts.ts", "ORDER BY id FOR UPDATE`", "ORDER BY id`")],
  },
  {
    id: "P4",
    defect:
      "The relay reads on from the last id that it sent: what was given a number before and is committed later is never sent.",
    breaks: "ends",
    scenario: "retries",
    patches: [
      patch(
        "system/outbox/relay.ts",
        "AND id >= (SELECT min(id) FROM outbox WHERE sent_at_ms IS NULL AND dead_at_ms IS NULL)",
        "AND id > coalesce((SELECT max(id) FROM outbox WHERE sent_at_ms IS NOT NULL), 0)",
      ),
    ],
  },
  {
    id: "F7",
    defect: "A transfer between a wallet and itself counts as a duplicate, and gets no verdict.",
    breaks: "ends",
    patches: [
      patch(
        "system/wallet/transfer.ts",
        "const fresh = created.filter((_, index) => areNew[index]);",
        "const fresh = created.filter(({ payment }, index) => areNew[index] && payment.senderWalletId !== payment.receiverWalletId);",
      ),
    ],
  },
  {
    id: "F10",
    defect:
      "The payment service has no idempotency: a request that comes again is another payment.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/record-payments.ts",
        " WHERE payment_id IN (SELECT payment_id FROM claimed)",
        "",
      ),
      patch("system/payment/record-payments.ts", "fresh.has(id)", "fresh.has(id) || true"),
    ],
  },
  {
    id: "F15",
    defect: "A consumer swallows every error and commits the offset: a step is silently dropped.",
    breaks: "ends",
    scenario: "shortages",
    patches: [
      patch(
        "system/inbox/consume.ts",
        "    if (passes(error)) {\n      throw error;\n    }\n    return reasonOf(error);",
        "    return void reasonOf(error);",
      ),
    ],
  },
  {
    id: "C1",
    defect:
      "A consumer commits the offset of a batch before its transaction: a crash in between loses all of it.",
    breaks: "ends",
    scenario: "shortages",
    patches: [
      patch(
        "system/inbox/consume.ts",
        "  const areTaken = events.length > 1",
        "  await batch.commit(lastOfEach(batch.deliveries));\n  const areTaken = events.length > 1",
      ),
    ],
  },
  {
    id: "C2",
    defect:
      "A consumer that could not take a batch in as one takes in its first message, and skips the others.",
    breaks: "ends",
    scenario: "strays",
    patches: [
      patch(
        "system/inbox/consume.ts",
        "        await takeOne(ports, limits, { delivery, parsed }, handle);",
        "        if (done.length === 0) await takeOne(ports, limits, { delivery, parsed }, handle);",
      ),
    ],
  },
  {
    id: "C3",
    defect:
      "A consumer group that has committed nothing starts at the latest: what was sent before is never taken in.",
    breaks: "ends",
    patches: [
      patch("system/process/start-roles.ts", "fromBeginning: true,", "fromBeginning: false,"),
    ],
  },
  {
    id: "Q1",
    defect:
      "A consumer sets a message aside when it could not be taken in after all its attempts, also where a server was away.",
    breaks: "handled",
    scenario: "outages",
    patches: [
      patch(
        "system/inbox/consume.ts",
        "await retrying(ports, limits, about, () => attempt(ports, parsed.event, handle));",
        "await retrying(ports, limits, about, () => attempt(ports, parsed.event, handle)).catch(reasonOf);",
      ),
    ],
  },
  {
    id: "F9",
    defect: "A verdict is applied whatever the payment is: a late failure overwrites COMPLETED.",
    breaks: "terminal-absorbs",
    scenario: "strays",
    patches: [
      patch(
        "system/payment/settle.ts",
        ` AND payments.status = 'PENDING'
       AND accepted_at_ms >= (SELECT min(accepted_at_ms) FROM payments WHERE status = 'PENDING')
`,
        "\n",
      ),
    ],
  },
  {
    id: "M1",
    defect: "A message that is no event is taken for an outage, and tried again for ever.",
    breaks: "ends",
    scenario: "strays",
    patches: [
      patch(
        "system/inbox/consume.ts",
        "      ? parsed.reason\n",
        '      ? await Promise.reject(new BrokerError(parsed.reason, { applied: "no" }))\n',
      ),
    ],
  },
  {
    id: "M2",
    defect: "A message that cannot be taken in is dropped: nothing is kept of it.",
    breaks: "handled",
    scenario: "strays",
    patches: [
      patch(
        "system/inbox/consume.ts",
        "    await retrying(ports, limits, about, () => setAside(ports, delivery, reason));\n",
        "    void [setAside, limits];\n",
      ),
    ],
  },
  {
    id: "M3",
    defect: "A message with a NUL cannot be set aside: no text of PostgreSQL holds one.",
    breaks: "ends",
    scenario: "strays",
    patches: [
      patch(
        "system/inbox/set-aside.ts",
        'return text.replaceAll("\\u0000", "\\\\u0000");',
        "return text;",
      ),
    ],
  },
  {
    id: "M4",
    defect: "The services take an event under another's id for that event again, and drop it.",
    breaks: "handled",
    scenario: "strays",
    patches: [
      patch(
        "system/inbox/claim.ts",
        "if (topic !== event.type || paymentId !== eventKey(event)) {",
        "if (topic !== event.type && paymentId !== eventKey(event)) {",
      ),
    ],
  },
  {
    id: "H3",
    defect:
      "The inbox remembers an event for ten seconds: what comes again later is taken in again.",
    breaks: "handled",
    scenario: "strays",
    patches: [
      patch(
        "system/inbox/claim.ts",
        "ON CONFLICT (event_id) DO NOTHING RETURNING",
        "ON CONFLICT (event_id) DO UPDATE SET claimed_at_ms = $3::bigint WHERE inbox.claimed_at_ms < $3::bigint - 10000 RETURNING",
      ),
    ],
  },
  {
    id: "H2",
    defect: "The inbox forgets: an event that comes again is taken in again.",
    breaks: "handled",
    patches: [patch("system/inbox/claim.ts", "claimed.delete(id)", "claimed.delete(id) || true")],
  },
  {
    id: "H1",
    defect:
      "The payment service applies a verdict without claiming its event: a payment that is not PENDING hides that.",
    breaks: "handled",
    patches: [
      patch(
        "system/payment/settle.ts",
        "await claimEvents(connection, verdicts, nowMs);",
        "verdicts.map(() => claimEvents.length > 0);",
      ),
    ],
  },
  {
    id: "K1",
    defect:
      "The payment service answers a request with a key that was used before without comparing what is asked: another request is accepted, and nothing of it ever happens.",
    breaks: "answered",
    patches: [
      patch(
        "system/payment/idempotency.ts",
        'textColumn(row, "request_fingerprint") === request.fingerprint',
        'textColumn(row, "request_fingerprint") !== ""',
      ),
    ],
  },
  {
    id: "N1",
    defect: "An entry's hash leaves out when it was posted.",
    breaks: "chained",
    patches: [
      patch(
        "system/domain/ledger.ts",
        "    String(balanceAfterMinor),\n    postedAtMs,\n",
        "    String(balanceAfterMinor),\n",
      ),
    ],
  },
  {
    id: "N2",
    defect: "A relay takes an outbox over while the lease of another is good for a while yet.",
    breaks: "one-relay",
    patches: [
      patch(
        "system/outbox/relay.ts",
        "if (!isOwn && leftMs > 0) {",
        "if (!isOwn && leftMs > settings.leaseMs) {",
      ),
      patch("system/outbox/lease.ts", " AND (holder = $1 OR ends_at <= clock_timestamp())", ""),
    ],
  },
  {
    id: "N3",
    defect: "What was sent is deleted from the outbox at once.",
    breaks: "kept",
    patches: [patch("system/outbox/prune.ts", "nowMs - keptMs", "nowMs")],
  },
  {
    id: "N4",
    defect: "What was sent is deleted once after the start of a process, and then never again.",
    breaks: "kept",
    patches: [
      patch(
        "system/outbox/prune.ts",
        "dueAtMs = pruned < PRUNE_MAX ? nowMs + Math.min(keptMs, PRUNE_EVERY_MS) : nowMs;",
        "dueAtMs = pruned < PRUNE_MAX ? Infinity : nowMs;",
      ),
    ],
  },
  {
    id: "O1",
    defect:
      "The outbox keys an event by its own id, not by its payment's: what belongs to one payment has no order.",
    breaks: "in-order",
    patches: [
      patch(
        "system/outbox/append.ts",
        "key: eventKey(event)",
        "key: event.id === eventKey.name ? '' : event.id",
      ),
    ],
  },
  {
    id: "P1",
    defect: "The relay marks events as sent before it sends them: a crash in between loses them.",
    breaks: "published",
    scenario: "transfer",
    patches: [
      patch(
        "system/outbox/relay.ts",
        "  const outcome = await whileHolding(",
        "  await markSent(ports, events, holding);\n  const outcome = await whileHolding(",
      ),
    ],
  },
  {
    id: "P2",
    defect:
      "The relay marks everything up to the last event that it sent: what was committed late, under a number given before, is lost.",
    breaks: "published",
    scenario: "shortages",
    patches: [
      patch(
        "system/outbox/relay.ts",
        "WHERE id = ANY ($1::bigint[]) AND sent_at_ms IS NULL`",
        "WHERE id <= ANY ($1::bigint[]) AND sent_at_ms IS NULL`",
      ),
    ],
  },
  {
    id: "R1",
    defect: "A reversal does not look at what other reversals have given back.",
    breaks: "sides-agree",
    patches: [
      patch(
        "system/payment/reverse.ts",
        "const leftMinor = amountMinor - reversed;",
        "const leftMinor = amountMinor - 0n * reversed;",
      ),
    ],
  },
  {
    id: "R2",
    defect: "A payment that failed can be given back.",
    breaks: "sides-agree",
    patches: [
      patch(
        "system/payment/reverse.ts",
        'if (original.status !== "COMPLETED") {',
        'if (original.status === "PENDING") {',
      ),
    ],
  },
  {
    id: "R3",
    defect: "A reversal can be given back.",
    breaks: "sides-agree",
    patches: [
      patch(
        "system/payment/reverse.ts",
        "if (original.reverses !== null) {",
        'if (original.reverses === "") {',
      ),
    ],
  },
  {
    id: "S1",
    defect: "Every payment that fails is told to have failed for want of balance.",
    breaks: "sides-agree",
    patches: [
      patch("system/payment/settle.ts", "reason: verdict.reason", 'reason: "insufficient_balance"'),
    ],
  },
  {
    id: "T1",
    defect:
      "A verdict that comes again opens its payment once more, and settles it in a second transaction.",
    breaks: "terminal-absorbs",
    patches: [
      patch(
        "system/payment/settle.ts",
        "    const absorbed = fresh",
        `    for (const verdict of verdicts.filter((_, index) => !areNew[index])) {
      const again = async (status: string, reason: string | null) =>
        connection.query({
          label: "update-status",
          sql: \`UPDATE payments SET status = $2, reason = $3 WHERE id = $1\`,
          parameters: [verdict.paymentId, status, reason],
        });
      await again("PENDING", null);
      await connection.query({ label: "commit", sql: "COMMIT" });
      await connection.query({ label: "begin", sql: "BEGIN" });
      await again(outcomeOf(verdict).status, outcomeOf(verdict).reason);
    }
    const absorbed = fresh`,
      ),
    ],
  },
  {
    id: "T2",
    defect:
      "Nobody looks at what a COMMIT is answered: one that has rolled back counts as a success.",
    breaks: "ends",
    scenario: "retries",
    patches: [
      patch(
        "system/database/transaction.ts",
        'if (command !== "COMMIT") {',
        'if (command === "") {',
      ),
    ],
  },
  {
    id: "U1",
    defect: "The services know who asks, and do not look at what their key is for.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/http/admission.ts",
        "if (!principal.scopes.has(operation.scope)) {",
        'if (!principal.scopes.has(operation.scope) && principal.id === "") {',
      ),
    ],
  },
  {
    id: "U2",
    defect: "The wallet takes money from a wallet for whoever asks.",
    breaks: "decided-right",
    patches: [
      patch(
        "system/domain/wallet.ts",
        'payment.orderedAs === "owner" && sender.ownerId !== payment.orderedBy',
        'payment.orderedAs === "owner" && sender.ownerId === null',
      ),
    ],
  },
  {
    id: "U3",
    defect: "The wallet service tells every customer how every wallet stands.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/wallet/show-wallet.ts",
        'wallet?.ownerId === id || scopes.has("operator")',
        'id !== "" || scopes.has("operator")',
      ),
    ],
  },
  {
    id: "U4",
    defect: "The payment service shows every customer every payment.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/records.ts",
        "[orderedBy, senderOwnerId, receiverOwnerId].includes(id)",
        "![orderedBy, senderOwnerId, receiverOwnerId].includes('')",
      ),
    ],
  },
  {
    id: "V1",
    defect: "The payment service takes a verdict for its opposite.",
    breaks: "verdicts-agree",
    patches: [
      patch(
        "system/payment/settle.ts",
        'return verdict.type === "payment.completed"',
        'return verdict.type !== "payment.failed" && verdict.id === ""',
      ),
      patch(
        "system/payment/settle.ts",
        'status: "FAILED", reason: verdict.reason,',
        'status: "FAILED", reason: "reason" in verdict ? verdict.reason : null,',
      ),
    ],
  },
  {
    id: "W1",
    defect: "A message that cannot be taken in is tried again at once, without a pause.",
    breaks: "paced",
    patches: [
      patch(
        "system/inbox/consume.ts",
        "      await ports.clock.sleep(limits.delayMs, limits.stopping);\n",
        "",
      ),
    ],
  },
  {
    id: "W2",
    defect: "A relay that meets an outage looks again without a pause.",
    breaks: "paced",
    patches: [
      patch(
        "system/outbox/run-relay.ts",
        "          await clock.sleep(Math.min(pace.relayPollMs, RETRY_MS), stopping);",
        "          await clock.sleep(0, stopping);",
      ),
    ],
  },
  {
    id: "W3",
    defect: "Nobody wakes the relay: what is appended waits until it looks by itself.",
    breaks: "prompt",
    patches: [
      patch(
        "system/outbox/run-relay.ts",
        "database.listen(OUTBOX_CHANNEL, rest.end)",
        "database.listen(OUTBOX_CHANNEL, () => {})",
      ),
    ],
  },
  {
    id: "W4",
    defect: "A relay that is told to stop keeps the outbox until its lease ends.",
    breaks: "stops-clean",
    patches: [
      patch(
        "system/outbox/run-relay.ts",
        "  await waitedOut(() => releaseOutbox(ports.database, settings.holder));\n",
        "",
      ),
    ],
  },
  {
    id: "X1",
    defect:
      "Reconciliation reads the wallet first: what is settled after that has no entries, as it seems.",
    breaks: "reconciliation-sound",
    scenario: "planted",
    patches: [
      patch(
        "system/reconciliation/reconcile.ts",
        `    const early = await next(payment, "payment-early");
    const walletSide = await next(wallet, "wallet");
`,
        `    const walletSide = await next(wallet, "wallet");
    const early = await next(payment, "payment-early");
`,
      ),
    ],
  },
  {
    id: "F11",
    defect:
      "Reconciliation compares sums of floating-point numbers with a tolerance of a hundredth, and looks at no chain.",
    breaks: "reconciliation-complete",
    scenario: "planted",
    patches: [
      patch(
        "system/reconciliation/examine-accounts.ts",
        "await note(chains.flatMap((chain) => chain.whyBroken()));",
        "void chains.flatMap((chain) => chain.whyBroken());",
      ),
      patch(
        "system/reconciliation/examine-accounts.ts",
        "  return sum === 0n\n",
        "  return Math.abs(Number(sum) / 1000) < 0.01\n",
      ),
    ],
  },
  {
    id: "F12",
    defect: "Reconciliation opens one database, counts nothing in it, and finds that 0 is 0.",
    breaks: "reconciliation-complete",
    scenario: "planted",
    patches: [
      patch(
        "system/reconciliation/reconcile.ts",
        "    const payments = await examinePayments(database, examination, inFlight);\n",
        `    const none = { examined: 0, counted: 0 };
    const payments = { examined: 0 * examinePayments.length, payments: none, decisions: none };
`,
      ),
    ],
  },
  {
    id: "X2",
    defect: "Reconciliation compares the sums only: what makes up for each other, it does not see.",
    breaks: "reconciliation-complete",
    scenario: "planted",
    patches: [
      patch(
        "system/reconciliation/examine-accounts.ts",
        "await note(chains.flatMap((chain) => chain.whyBroken()));",
        "void chains.flatMap((chain) => chain.whyBroken());",
      ),
    ],
  },
  {
    id: "X3",
    defect: "The verification of the ledger recomputes every chain, and says that it holds.",
    breaks: "reconciliation-complete",
    scenario: "planted",
    patches: [
      patch(
        "system/wallet/verify-ledger.ts",
        "chain.fault !== undefined && faults.length < FAULTS_MAX",
        "chain.fault !== undefined && faults.length > FAULTS_MAX",
      ),
    ],
  },
  {
    id: "X4",
    defect:
      "Reconciliation begins after its watermark, not at it: the oldest of what was open then is never looked at.",
    breaks: "reconciliation-sound",
    scenario: "planted",
    patches: [
      patch(
        "system/reconciliation/written.ts",
        "     WHERE written_in >= $1::text::xid8 AND (",
        "     WHERE written_in > $1::text::xid8 AND (",
      ),
    ],
  },
  {
    id: "X5",
    defect: "Reconciliation times payments from when they were settled on.",
    breaks: "reconciliation-figures",
    patches: [
      patch(
        "system/reconciliation/examine-payments.ts",
        "late.settledAtMs - late.acceptedAtMs",
        "late.settledAtMs - late.settledAtMs",
      ),
    ],
  },
  {
    id: "X6",
    defect: "A reconciliation is clean, whatever it has found.",
    breaks: "reconciliation-figures",
    patches: [
      patch(
        "system/reconciliation/reconcile.ts",
        'outcome: breaks === 0 ? "clean" : "breaks"',
        'outcome: breaks >= 0 ? "clean" : "breaks"',
      ),
    ],
  },
  {
    id: "Y1",
    defect: "A process counts as unsent what is in its outbox, sent or not.",
    breaks: "observable",
    patches: [
      patch(
        "system/process/metrics.ts",
        "FROM outbox\n          WHERE sent_at_ms IS NULL`",
        "FROM outbox`",
      ),
    ],
  },
  {
    id: "Y2",
    defect: "What a process waited for at its start counts as not well for ever.",
    breaks: "observable",
    patches: [patch("system/process/until-there.ts", "      health.note(part, undefined);\n", "")],
  },
  {
    id: CANARY,
    defect: "Each account is credited a baisa more than it was sent.",
    breaks: "conservation",
    patches: [
      patch(
        "system/wallet/post.ts",
        "lasts.map(({ balanceAfterMinor }) => balanceAfterMinor)",
        "lasts.map(({ balanceAfterMinor }) => balanceAfterMinor + 1n)",
      ),
    ],
  },
];

function patch(file: string, find: string, replace: string): SourcePatch {
  return { file, find, replace };
}
