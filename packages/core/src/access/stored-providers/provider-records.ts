import type { RecordStore } from '../../store/record-store.ts'
import type { StoredProviderRecord } from './stored-provider.ts'

/** All stored providers. A list, since an id may be any member of an object. */
export interface AllProviders {
  readonly providers: readonly StoredProviderRecord[]
}

/** The records of stored providers by id; see `RecordStore`. */
export interface ProviderRecords extends Pick<RecordStore<StoredProviderRecord>, 'get' | 'alter' | 'delete'> {
  all(): Promise<readonly StoredProviderRecord[]>
}

const place = 'all'

/**
 * All of them are one record: every process asks for them every few seconds, and has them whole by one look, in a
 * storage too that has to go through everything for a list.
 *
 * @example
 * const records = createProviderRecords(store.records('providers'))
 */
export function createProviderRecords(
  records: Pick<RecordStore<AllProviders>, 'get' | 'alter'>,
): ProviderRecords {
  const all = async () => (await records.get(place))?.providers ?? []
  const alter = async <Next extends StoredProviderRecord | undefined>(
    id: string,
    change: (current: StoredProviderRecord | undefined) => Next,
  ): Promise<Next> => {
    const outcome: { next?: Next } = {}
    await records.alter(place, (current) => {
      const providers = current?.providers ?? []
      const next = change(providers.find((each) => each.id === id))
      outcome.next = next
      return next && { providers: [...providers.filter((each) => each.id !== id), next] }
    })
    return outcome.next as Next
  }
  return {
    all,
    get: async (id) => (await all()).find((each) => each.id === id),
    alter,
    async delete(id) {
      const outcome = { wasThere: false }
      await records.alter(place, (current) => {
        const left = current?.providers.filter((each) => each.id !== id)
        outcome.wasThere = left !== undefined && left.length < (current?.providers.length ?? 0)
        return left && { providers: left }
      })
      return outcome.wasThere
    },
  }
}
