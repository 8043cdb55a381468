import type { RecordStore } from '../../store/record-store.ts'
import { createShortMemory } from '../short-memory.ts'
import { type VirtualModelRecord, virtualModelId } from './virtual-model.ts'

export interface VirtualModelFinder {
  /** The account's own, or else everybody's: at once when it was looked for within `cacheMs`, also in vain. */
  find(
    account: string,
    name: string,
  ): VirtualModelRecord | undefined | Promise<VirtualModelRecord | undefined>
  forget(): void
}

export interface VirtualModelFinderOptions {
  readonly records: RecordStore<VirtualModelRecord>
  /** Those of the gateway's options, by their ids. */
  readonly options: ReadonlyMap<string, VirtualModelRecord>
  readonly now: () => number
  readonly cacheMs: number
}

/** A name that is none is looked for nowhere. */
const possibleName = /^[A-Za-z0-9._-]{1,64}$/

/** Finds virtual models by two looks at the store at most, however many there are. */
export function createVirtualModelFinder(options: VirtualModelFinderOptions): VirtualModelFinder {
  const { records, now, cacheMs } = options
  const memory = createShortMemory<{ readonly found: VirtualModelRecord | undefined }>({
    now,
    cacheMs,
    isLesser: ({ found }) => found === undefined,
  })
  const load = async (account: string, name: string) => {
    const ids = [virtualModelId(name, account), virtualModelId(name, undefined)]
    const [own, everybodys] = await Promise.all(ids.map((id) => records.get(id)))
    return { found: own ?? everybodys }
  }
  return {
    find(account, name) {
      const option = options.options.get(name.toLowerCase())
      if (option || !possibleName.test(name)) return option
      const id = virtualModelId(name, account)
      const known = memory.recall(id)
      return known ? known.found : memory.load(id, () => load(account, name)).then(({ found }) => found)
    },
    forget: memory.forget,
  }
}
