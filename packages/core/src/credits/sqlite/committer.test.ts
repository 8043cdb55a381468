import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createCommitter } from './committer.ts'

/** A disk that says in which order it was asked for what, and fails when it is told to. */
function createDisk() {
  const log: string[] = []
  const failures = { write: 0, sync: 0 }
  const logged: string[] = []
  const attempt = (name: 'write' | 'sync') => {
    if (failures[name] === 0) return void log.push(name)
    failures[name] -= 1
    log.push(`${name} fails`)
    throw new Error('No space left on the device.')
  }
  const committer = createCommitter({
    write() {
      attempt('write')
      return true
    },
    sync: async () => {
      await sleep(10)
      attempt('sync')
    },
    syncNow: () => attempt('sync'),
    logger: { info() {}, warn() {}, error: (_, message) => void logged.push(message) },
  })
  return { committer, log, failures, logged }
}

const outcome = (promise: Promise<void>) =>
  promise.then(
    () => 'written',
    (error: { code: string }) => error.code,
  )

describe('a group', () => {
  it('shares one transaction and one sync, and waits for both', async () => {
    const { committer, log } = createDisk()
    await Promise.all([committer.commit(), committer.commit(), committer.commit()])
    expect(log).toEqual(['write', 'sync'])
  })

  it('that gathers during a sync is the next one', async () => {
    const { committer, log } = createDisk()
    const first = committer.commit()
    await sleep(6)
    expect(log).toEqual(['write'])
    const second = committer.commit()
    await first
    expect(log).toEqual(['write', 'sync'])
    await second
    expect(log).toEqual(['write', 'sync', 'write', 'sync'])
  })

  it('can be written at once, whatever is under way', async () => {
    const { committer, log } = createDisk()
    const [first, second] = [committer.commit(), sleep(6).then(() => committer.commit())]
    await sleep(7)
    committer.commitNow()
    expect(log).toEqual(['write', 'write', 'sync'])
    expect(await Promise.all([outcome(first), outcome(second)])).toEqual(['written', 'written'])
  })
})

describe('what was committed', () => {
  it('is behind until its sync, so that nobody takes it for written before', async () => {
    const { committer } = createDisk()
    const first = committer.commit()
    await sleep(6)
    expect(committer.isBehind).toBe(true)
    await first
    expect(committer.isBehind).toBe(false)
  })

  it('stays behind while a sync that may be older is under way', async () => {
    const { committer } = createDisk()
    const first = committer.commit()
    await sleep(6)
    committer.commitNow()
    expect(committer.isBehind).toBe(true)
    await first
    expect(committer.isBehind).toBe(false)
  })

  it('is on the disk when the end has come, and nothing is tried afterwards', async () => {
    const { committer, log, failures } = createDisk()
    const first = committer.commit()
    await sleep(6)
    await committer.close()
    expect(await outcome(first)).toBe('written')
    expect(log).toEqual(['write', 'sync', 'write', 'sync'])
    failures.sync = 1
    expect(() => committer.commitNow()).toThrow()
    await sleep(150)
    expect(log).toHaveLength(6)
  })
})

describe('a failure', () => {
  it.each(['write', 'sync'] as const)(
    'of %s is told, and tried again by itself until it works',
    async (name) => {
      const { committer, failures, log, logged } = createDisk()
      failures[name] = 2
      expect(await outcome(committer.commit())).toBe('store_unavailable')
      expect(committer.isBroken).toBe(true)
      while (committer.isBroken) await sleep(10)
      expect(log.filter((entry) => entry.endsWith('fails'))).toHaveLength(2)
      expect(log.slice(-2)).toEqual(['write', 'sync'])
      expect(logged).toHaveLength(1)
      expect(await outcome(committer.commit())).toBe('written')
    },
  )

  it('that somebody else was told of leaves nothing taken for written', async () => {
    const { committer, failures } = createDisk()
    const first = committer.commit()
    await sleep(6)
    failures.sync = 1
    expect(() => committer.commitNow()).toThrow()
    expect(await outcome(first)).toBe('store_unavailable')
    expect([committer.isBehind, committer.isBroken]).toEqual([true, true])
    expect(await outcome(committer.commit())).toBe('written')
  })

  it('is thrown where nobody waits for a promise', () => {
    const { committer, failures } = createDisk()
    failures.sync = 1
    expect(() => committer.commitNow()).toThrow('The store did not answer.')
    expect(committer.isBroken).toBe(true)
  })
})
