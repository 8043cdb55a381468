import type { RecordStore } from '../store/record-store.ts'
import type { AccessKeyRecord } from './access-key.ts'
import type { AssertLinkable } from './configurations/links.ts'
import { withoutNull } from './member-input.ts'

export interface KeyLinksOptions {
  readonly records: RecordStore<AccessKeyRecord>
  readonly assertLinkable: AssertLinkable
  /** Called after a link was taken back. */
  readonly onUndo: () => void
}

/** New links of keys, which are looked at once more when they are written. */
export interface KeyLinks {
  /** Removes a key just made whose configuration has gone meanwhile, and rejects. */
  confirmNew(record: AccessKeyRecord): Promise<void>
  /** Gives a key its former configuration back when the new one has gone meanwhile, and rejects. */
  confirmChanged(record: AccessKeyRecord, former: string | undefined): Promise<void>
}

/** Takes back the links that a deletion has not seen. */
export function createKeyLinks({ records, assertLinkable, onUndo }: KeyLinksOptions): KeyLinks {
  const confirm = async (
    { account, configuration }: AccessKeyRecord,
    undo: () => Promise<unknown>,
  ): Promise<void> => {
    try {
      await assertLinkable({ account, configuration })
    } catch (error) {
      await undo().finally(onUndo)
      throw error
    }
  }
  return {
    confirmNew: (record) => confirm(record, () => records.delete(record.id)),
    confirmChanged: (record, former) =>
      confirm(record, () =>
        records.alter(record.id, (current) => {
          if (!current || current.configuration !== record.configuration) return undefined
          return withoutNull<AccessKeyRecord>({ ...current, configuration: former ?? null })
        }),
      ),
  }
}
