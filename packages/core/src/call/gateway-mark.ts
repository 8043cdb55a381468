import type { RecordStore } from '../store/record-store.ts'
import type { GatewayMark } from './via.ts'

/** What all processes over one store call themselves. */
export interface StoredMark {
  readonly text: string
}

/**
 * A mark that every process over one store shares. It is asked for when the first request is sent; until it is there,
 * and while the store does not answer, a process has one of its own, and loops through others end at the limit.
 */
export function createGatewayMark(records: Pick<RecordStore<StoredMark>, 'alter' | 'get'>): GatewayMark {
  const own = newMark()
  let shared: string | undefined
  let isAsking = false
  const ask = async () => {
    const made = await records.alter('mark', (current) => (current ? undefined : { text: newMark() }))
    shared = (made ?? (await records.get('mark')))?.text
  }
  const askOnce = () => {
    if (isAsking) return
    isAsking = true
    const done = () => {
      isAsking = false
    }
    ask().then(done, done)
  }
  return {
    get text() {
      if (shared === undefined) askOnce()
      return shared ?? own
    },
    has: (text) => text === own || text === shared,
  }
}

function newMark(): string {
  return crypto.randomUUID().replaceAll('-', '')
}
