import type { RecordStore } from '../store/record-store.ts'

/**
 * Writes what comes while another write is under way in one step behind it, so that many calls at once cost a store
 * one write and a disk one sync.
 *
 * @example
 * const put = createBatchedPuts(store.records('notes'))
 * await Promise.all([put('a', { text: 'one' }), put('b', { text: 'two' })])
 */
export function createBatchedPuts<T extends object>(
  records: Pick<RecordStore<T>, 'putMany'>,
): (id: string, value: T) => Promise<void> {
  let waiting = new Map<string, T>()
  let next: Promise<void> | undefined
  let current: Promise<unknown> = Promise.resolve()

  const write = async (previous: Promise<unknown>) => {
    await previous
    const batch = waiting
    waiting = new Map()
    next = undefined
    await records.putMany(batch)
  }
  return (id, value) => {
    waiting.set(id, value)
    if (next) return next
    const started = write(current)
    next = started
    current = started.catch(() => {})
    return started
  }
}
