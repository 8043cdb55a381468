import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOwnMariadb } from '../../../../../test/stores/own-mariadb.ts'
import type { OwnServer } from '../../../../../test/stores/own-server.ts'
import { describeOwnStore } from '../../../../../test/stores/own-stores.ts'

const program = join(import.meta.dirname, '../../../../../test/mysql/leave.ts')

describeOwnStore('mariadb', 'a process that used a MariaDB server', () => {
  let own: OwnServer
  beforeAll(async () => {
    own = await createOwnMariadb()
    await own.start()
  }, 60_000)
  afterAll(() => own.remove())

  /** How many milliseconds it stays once it has nothing more to do. */
  const timeToLeave = async (meanwhile: () => void, ...flags: string[]) => {
    const child = fork(program, [own.url, ...flags], { execArgv: ['--conditions=@tollgate/source'] })
    const left = once(child, 'exit')
    await once(child, 'message')
    meanwhile()
    const start = performance.now()
    child.send('leave')
    expect(await left).toEqual([0, null])
    return performance.now() - start
  }

  test('is not kept by connections that it did not close', async () => {
    expect(await timeToLeave(() => {})).toBeLessThan(1000)
  }, 10_000)

  test('is not kept by a server that stands still and says no goodbye', async () => {
    expect(await timeToLeave(own.pause, 'close')).toBeLessThan(2500)
    own.resume()
  }, 10_000)
})
