import type { Gateway } from '@tollgate/core'
import type { LedgerFacts } from './ledger-facts.ts'

/** Nano-dollars from nine decimals, here by hand: the benchmark shares no arithmetic with what it measures. */
const nano = (text: string): bigint => {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** What the store says of the account's calls. */
export async function ledgerFacts(
  gateway: Gateway,
  { account, granted }: { readonly account: string; readonly granted: string },
): Promise<LedgerFacts> {
  const amounts: bigint[] = []
  for await (const { op, amount } of gateway.credits.ledger(account)) {
    if (op.startsWith('settle')) amounts.push(nano(amount))
  }
  const [balance, audit] = [await gateway.credits.balance(account), await gateway.credits.audit(account)]
  const total = amounts.reduce((sum, amount) => sum + amount, 0n)
  const rising = amounts.toSorted((left, right) => Number(left - right))
  return {
    charges: amounts.length,
    total,
    least: rising.at(0) ?? 0n,
    most: rising.at(-1) ?? 0n,
    held: nano(balance.held),
    expectedAvailable: nano(granted) - total,
    available: nano(balance.available),
    auditOk: audit.ok,
  }
}
