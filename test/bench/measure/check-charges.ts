import { setTimeout as sleep } from 'node:timers/promises'
import type { LedgerFacts } from '../servers/ledger-facts.ts'
import type { Workload } from '../workloads/workload.ts'
import type { BenchServer } from './bench-server.ts'

/** What is wrong with the charges of a gateway; empty when every call was charged as it should be. */
export type ChargeFaults = readonly string[]

const patienceMs = 10_000

/**
 * Holds the ledger against the calls that were made: speed without the right charges does not count.
 *
 * @param calls Made since the server was started, those of the warm-up included.
 */
export async function checkCharges(
  server: BenchServer,
  { charge }: Pick<Workload, 'charge'>,
  calls: number,
): Promise<ChargeFaults> {
  const facts = await settledLedger(server, calls)
  return [
    ...(facts.charges === calls ? [] : [`${facts.charges} charges for ${calls} calls`]),
    ...(facts.held === 0n ? [] : [`${facts.held} nano-dollars are still held`]),
    ...(facts.auditOk ? [] : ['the audit fails']),
    ...(facts.available === facts.expectedAvailable
      ? []
      : [`the balance is ${facts.available} nano-dollars in place of ${facts.expectedAvailable}`]),
    ...checkAmounts(facts, charge, calls),
  ]
}

function checkAmounts(facts: LedgerFacts, charge: Workload['charge'], calls: number): string[] {
  if (charge === 'something') return facts.least > 0n ? [] : ['there are calls without a charge']
  const due = charge * BigInt(calls)
  return facts.total === due ? [] : [`charged were ${facts.total} nano-dollars in place of ${due}`]
}

/** Settlements may come after the answers, but not much later. */
async function settledLedger(server: BenchServer, calls: number): Promise<LedgerFacts> {
  const until = performance.now() + patienceMs
  let facts = await server.ledger()
  while ((facts.charges < calls || facts.held > 0n) && performance.now() < until) {
    await sleep(250)
    facts = await server.ledger()
  }
  return facts
}
