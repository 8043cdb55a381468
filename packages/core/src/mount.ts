import { createGateway, type Gateway } from './gateway.ts'
import type { GatewayOptions } from './options/options.ts'

/** What every adapter takes: options for a gateway of its own, or a gateway to share. */
export type MountOptions = GatewayOptions | { readonly gateway: Gateway }

/**
 * The gateway that an adapter was given, or a new one.
 *
 * @throws Error when options and a gateway are given together, or when the options are wrong.
 * @example
 * const gateway = gatewayOf({ sandbox: true }) // or: gatewayOf({ gateway })
 */
export function gatewayOf(mount: MountOptions = {}): Gateway {
  if (!('gateway' in mount)) return createGateway(mount)
  const [other] = Object.keys(mount).filter((name) => name !== 'gateway')
  if (other === undefined) return mount.gateway
  throw new Error(`The option "${other}" has no effect beside "gateway": give it to createGateway().`)
}
