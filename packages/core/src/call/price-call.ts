import { type Charge as ComputedCharge, computeCharge } from '../billing/charge.ts'
import type { Nano } from '../billing/money.ts'
import type { PriceVersion } from '../billing/price.ts'
import type { Usage } from '../billing/usage.ts'
import type { BilledCall } from './billed-call.ts'
import type { CallServices } from './services.ts'

/** A computed charge, or the whole hold where the answer `unpriced` could not be priced. */
export interface Charge extends ComputedCharge {
  /** Why no price could be computed. */
  readonly unpriced?: string
}

interface Consumption {
  readonly usage: Usage
  readonly reserved: Nano
}

/**
 * The price of what was used, by the model that answered. A bucket without a price is never free: the
 * answer is out, so all that is reserved is charged and the row says why.
 */
export function priceCall(
  services: CallServices,
  call: BilledCall,
  { usage, reserved }: Consumption,
): Charge {
  const { credential, resolution } = call.target
  const pricesOf = (model: string): readonly PriceVersion[] | undefined =>
    services.models.pricesOf(resolution.provider, model, resolution.entry)
  try {
    return computeCharge({
      prices: (usage.servedModel && pricesOf(usage.servedModel)) || resolution.entry?.prices || [],
      usage,
      fee: services.fee,
      credential: credential.kind,
      at: call.startedAt,
      pricesOf,
    })
  } catch (error) {
    services.logger.error(
      { requestId: call.id, error },
      'An answer could not be priced; its hold is charged.',
    )
    return { modelCost: reserved, fee: 0n, total: reserved, rates: {}, unpriced: String(error) }
  }
}
