import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createCli, type Served } from './run-cli.ts'

const post = ({ url }: Served, token: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sandbox:echo', messages: [{ role: 'user', content: 'hello big world' }] }),
  })

describe('tollgate on the command line', { timeout: 60_000 }, () => {
  test('from nothing to a charged call, and the charge in every report', async () => {
    const { run, json, serve } = createCli()
    const granted = await run(
      'credits',
      'grant',
      '--account',
      'acme',
      '--amount',
      '5.00',
      '--reference',
      'first',
    )
    expect(granted).toMatchObject({ code: 0, stderr: '' })
    const again = await json(
      'credits',
      'grant',
      '--account',
      'acme',
      '--amount',
      '5.00',
      '--reference',
      'first',
    )
    expect(again).toMatchObject({ replay: true, available: '5.000000000' })
    const { id, token } = await json('keys', 'create', '--account', 'acme', '--name', 'app', '--rpm', '100')

    const server = await serve('--sandbox')
    const answer = await post(server, token)
    expect(answer.status).toBe(200)
    await answer.text()
    const busy = await run('credits', 'balance', '--account', 'acme')
    expect(busy).toMatchObject({ code: 1, stdout: '' })
    expect(busy.stderr).toMatch(/^tollgate: .*another process serves the credits/)
    expect(await json('keys', 'list')).toMatchObject([{ id, account: 'acme', state: 'active' }])

    expect(await json('keys', 'revoke', id)).toMatchObject({ state: 'revoked' })
    await sleep(5000)
    expect((await post(server, token)).status).toBe(401)
    const stopped = await server.stop()
    expect(stopped).toMatchObject({ code: 0, stderr: '' })
    expect(stopped.stdout).toContain('acme sandbox:echo $0.000009300')

    expect(await json('credits', 'balance', '--account', 'acme')).toEqual({
      account: 'acme',
      available: '4.999990700',
      held: '0.000000000',
      spent: '0.000009300',
      granted: '5.000000000',
    })
    expect(await json('credits', 'audit')).toMatchObject([{ account: 'acme', ok: true, entries: 2 }])
    const csv = await run('credits', 'export', '--account', 'acme')
    expect(csv.stdout.split('\n').map((line) => line.split(',').slice(0, 4))).toMatchObject([
      ['account', 'seq', 'at', 'op'],
      ['acme', '1', expect.any(String), 'topup'],
      ['acme', '2', expect.any(String), 'settle'],
      [''],
    ])
    const lines = (await run('credits', 'export', '--format', 'jsonl')).stdout.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { seq: 1 },
      { seq: 2, amount: '0.000009300' },
    ])
    expect(await json('usage', '--account', 'acme')).toMatchObject([
      { model: 'echo', charged: '0.000009300' },
    ])
    expect(await json('usage', '--summary', '--by', 'model,day')).toMatchObject([
      { model: 'sandbox:echo', day: expect.stringMatching(/T00:00:00\.000Z$/), requests: 1 },
    ])
    const ledger = await run('credits', 'ledger', '--account', 'acme')
    expect(ledger.stdout).not.toContain(token)
    expect(ledger.stdout).toMatch(/settle +0\.000009300/)
  })

  test('mistakes are one line that names what is wrong', async () => {
    const { run } = createCli()
    const mistakes = [
      [['serve'], /OPENAI_API_KEY/],
      [['credits', 'grant', '--account', 'a', '--amount', '1e3', '--reference', 'r'], /"amount"/],
      [['credits', 'balance'], /--account/],
      [['keys', 'revoke', 'nobody'], /no access key "nobody"/],
      [['keys', 'list', '--store', 'mongodb://user:secret@host'], /mongodb:/],
      [['serve', '--sandbox', '--port', 'x'], /--port/],
    ] as const
    for (const [args, message] of mistakes) {
      const { code, stdout, stderr } = await run(...args)
      expect(code).toBe(1)
      expect(stdout).toBe('')
      expect(stderr).toMatch(message)
      expect(stderr).not.toMatch(/\n {4}at |secret/)
    }
  })

  test('an audit that finds something fails, and names the row', async () => {
    const { cwd, run } = createCli()
    for (const reference of ['a', 'b', 'c'])
      await run('credits', 'grant', '--account', 'acme', '--amount', '1', '--reference', reference)
    const database = new DatabaseSync(join(cwd, 'tollgate.db'))
    database.exec("UPDATE credit_ledger SET amount = 90 WHERE ref = 'b'")
    database.close()
    const { code, stdout } = await run('credits', 'audit')
    expect(code).toBe(1)
    expect(stdout).toMatch(/acme +false +3 +2 +.*row 2/)
  })

  test('models are listed with their prices', async () => {
    const { json, run } = createCli()
    expect(await json('models', '--sandbox')).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'echo', owned_by: 'sandbox' })]),
    )
    expect((await run('models', '--sandbox')).stdout).toMatch(/echo +sandbox +128000 +1 +2/)
  })
})
