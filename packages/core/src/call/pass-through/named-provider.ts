import type { Exchange } from '../../exchange/exchange.ts'

/** The provider that a client names beside its request, in the header `tollgate-provider` or the query `provider`. */
export function namedProvider({ headers, search }: Exchange): string | undefined {
  const header = headers['tollgate-provider']
  if (typeof header === 'string' && header !== '') return header
  return search.includes('provider=') ? (new URLSearchParams(search).get('provider') ?? undefined) : undefined
}
