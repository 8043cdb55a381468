import { createGateway, type Gateway, type GatewayOptions } from '@tollgate/core'

export interface StoreFlags {
  readonly store?: string
}

/** What only managing needs of a gateway: nothing is called, so no provider has to be there. */
const managing: GatewayOptions = { providers: {}, sandbox: true }

/** Opens the store, does the work, and closes it, whatever happens. */
export async function withGateway<Result>(
  { store }: StoreFlags,
  work: (gateway: Gateway) => Promise<Result>,
): Promise<Result> {
  const gateway = createGateway({ ...managing, ...(store !== undefined && { store }), logger: quiet })
  try {
    return await work(gateway)
  } finally {
    await gateway.close()
  }
}

/** Failures come back as rejections and are printed once, as one line. */
const quiet = { info() {}, warn() {}, error() {} }
