import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { type AddressKind, addressKind } from '../../providers/network/address-kind.ts'
import { ConnectionError } from '../connection-error.ts'

/** Where clouds keep the credentials of their machines: no name of the outside has any business there. */
export const metadataAddresses: ReadonlySet<AddressKind> = new Set(['link-local'])

/** Finds the addresses of a name, as `lookup` of node:dns does. */
export type Resolve = (
  hostname: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void

const resolveAll: Resolve = (hostname, done) => {
  lookup(hostname, { all: true }, (error, addresses) => done(error, addresses ?? []))
}

/**
 * A look-up that refuses names of places where nobody should be sent. The decision is on the very addresses that are
 * connected to: a name may lead elsewhere the next time.
 *
 * @param forbidden Where no address of a name may lead.
 */
export function guardedLookup(
  forbidden: ReadonlySet<AddressKind>,
  resolve: Resolve = resolveAll,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error) return callback(error, [], 0)
      const isRefused = addresses.some(({ address }) => isForbidden(address, forbidden))
      if (isRefused || addresses.length === 0) return callback(refusal(), [], 0)
      if (options.all) return callback(null, [...addresses], 0)
      const [first] = addresses
      callback(null, first?.address ?? '', first?.family ?? 0)
    })
  }
}

/** What is no address leads nowhere that is known. */
export function isForbidden(address: string, forbidden: ReadonlySet<AddressKind>): boolean {
  const kind = addressKind(address)
  return kind === undefined || forbidden.has(kind)
}

export function refusal(): ConnectionError {
  return new ConnectionError(
    'forbidden_address',
    'The address of the provider is one that is not connected to.',
  )
}
