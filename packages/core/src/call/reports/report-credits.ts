import { formatUsd } from '../../billing/money.ts'
import type { ReportRequest, ReportServices } from './serve-report.ts'

/**
 * What the account has. `data` is the same in the words of clients that know other gateways: dollars as numbers, which
 * may lack the last digits that the texts have.
 */
export async function reportCredits({ credits }: ReportServices, { account }: ReportRequest) {
  const { available, held, spent, topups } = await credits.balance(account)
  return {
    object: 'credits',
    account,
    currency: 'USD',
    available: formatUsd(available),
    held: formatUsd(held),
    spent: formatUsd(spent),
    granted: formatUsd(topups),
    data: { total_credits: Number(formatUsd(topups)), total_usage: Number(formatUsd(spent)) },
  }
}
