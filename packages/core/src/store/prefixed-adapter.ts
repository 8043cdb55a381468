import type { KeyvStoreAdapter } from 'keyv'

/**
 * A part of an adapter that other namespaces share: keys carry a prefix, because an adapter with its own notion of a
 * namespace has only one at a time.
 *
 * @param adapter As its Keyv has set it up.
 */
export function createPrefixedAdapter(adapter: KeyvStoreAdapter, prefix: string): KeyvStoreAdapter {
  return {
    // Keyv lists the contents of the storages that it knows by name, and of no others.
    opts: { dialect: 'sqlite' },
    get: (key) => adapter.get(prefix + key),
    set: (key, value) => adapter.set(prefix + key, value),
    delete: (key) => adapter.delete(prefix + key),
    clear: async () => {
      throw new Error('Only single records are removed.')
    },
    ...(adapter.iterator && { iterator: <Value>() => within<Value>(adapter, prefix) }),
    on() {
      return this
    },
  }
}

async function* within<Value>(adapter: KeyvStoreAdapter, prefix: string) {
  for await (const [key, value] of adapter.iterator?.<Value>(adapter.namespace) ?? []) {
    if (typeof key === 'string' && key.startsWith(prefix)) yield [key.slice(prefix.length), value]
  }
}
