import type { CreditDriver } from '../../../packages/core/src/credits/driver.ts'
import { GatewayError } from '../../../packages/core/src/errors/gateway-error.ts'

export interface Outage {
  readonly driver: CreditDriver
  isDown: boolean
}

/** A store that can go down: whatever a call asks for is then refused before it happens. */
export function createOutage(inner: CreditDriver): Outage {
  const outage = { isDown: false, driver: inner }
  const ask = async <Result>(step: () => Result): Promise<Awaited<Result>> => {
    if (outage.isDown)
      throw new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.' })
    return await step()
  }
  outage.driver = {
    ...inner,
    hold: (request) => ask(() => inner.hold(request)),
    extend: (id, account, request) => ask(() => inner.extend(id, account, request)),
    settle: (request) => ask(() => inner.settle(request)),
    release: (id, account) => ask(() => inner.release(id, account)),
    expire: (limit) => ask(() => inner.expire(limit)),
  }
  return outage
}
