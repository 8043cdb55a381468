import { expect, test } from 'vitest'
import { createCredits } from './credits.ts'
import { createMemoryCreditDriver } from './memory-driver.ts'

const at = Date.UTC(2026, 10, 25)

async function filled() {
  const driver = createMemoryCreditDriver({ now: () => at })
  const credits = createCredits(driver)
  await credits.grant({ account: 'acme', amount: '25.00', reference: 'invoice "7", late\nbut paid' })
  await credits.grant({ account: 'other', amount: '1.00', reference: '=1+1', kind: 'refund' })
  await driver.hold({ id: 'call', account: 'acme', amount: 100n, ttlMs: 1000, limits: [{ id: 'key' }] })
  const meta = { provider: 'openai', model: 'gpt-4o', usage: { text_in: 3 }, usageSource: 'provider' }
  await driver.settle({ id: 'call', account: 'acme', modelCost: 30n, fee: 10n, meta })
  return credits
}

async function linesOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}

test('CSV has a header, exact amounts, and cells that no reference can break', async () => {
  const credits = await filled()
  expect(await linesOf(credits.export({ format: 'csv' }))).toEqual([
    'account,seq,at,op,ref,key,amount,modelCost,fee,shortfall,availableAfter,heldAfter,' +
      'provider,model,requested,credential,tier,status,usageSource,usage,rates,feeRates',
    'acme,1,2026-11-25T00:00:00.000Z,topup,"invoice ""7"", late\nbut paid",,25.000000000,0.000000000,' +
      '0.000000000,0.000000000,25.000000000,0.000000000,,,,,,,,,,',
    'acme,2,2026-11-25T00:00:00.000Z,settle,call,key,0.000000040,0.000000030,0.000000010,0.000000000,' +
      '24.999999960,0.000000000,openai,gpt-4o,,,,,provider,"{""text_in"":3}",,',
    'other,1,2026-11-25T00:00:00.000Z,refund,=1+1,,1.000000000,0.000000000,0.000000000,0.000000000,' +
      '1.000000000,0.000000000,,,,,,,,,,',
  ])
})

test('JSON lines have every row as it is, of one account where one is named', async () => {
  const credits = await filled()
  const rows = (await linesOf(credits.export({ format: 'jsonl', account: 'acme' }))).map((line) =>
    JSON.parse(line),
  )
  const expected = []
  for await (const row of credits.ledger('acme')) expected.push(JSON.parse(JSON.stringify(row)))
  expect(rows).toEqual(expected)
  expect(rows).toHaveLength(2)
})
