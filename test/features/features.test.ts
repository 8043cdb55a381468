import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { absent, features } from './features.ts'

const root = new URL('../../', import.meta.url)

describe.each(Object.entries(features))('of %s', (_, rows) => {
  test.each(rows)('$feature: shown by $file, "$title"', ({ file, title }) => {
    expect(readFileSync(new URL(file, root), 'utf8')).toContain(title)
  })
})

test('what is otherwise here, or not there, has its reason', () => {
  const reasons = [
    ...Object.values(features).flatMap((rows) => rows.flatMap(({ differs }) => differs ?? [])),
    ...absent.map(({ why }) => why),
  ]
  expect(reasons.length).toBeGreaterThan(15)
  for (const reason of reasons) expect(reason.length).toBeGreaterThan(20)
})
