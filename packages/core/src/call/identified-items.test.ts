import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { bodyOf } from '../bytes/body-bytes.ts'
import { identifiedItems } from './identified-items.ts'
import { scanMembers } from './json-members.ts'

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('what is kept of items is little beside them, however many members they have', () => {
  const names = Array.from({ length: 62 }, (_, index) => `"${index.toString(36)}":1`)
  const item = `{"id":"",${names.join(',')}}`
  const members = scanMembers(bodyOf([Buffer.from(`{"input":[${Array(16_384).fill(item).join(',')}]}`)]))
  const before = heapUsed()
  expect(identifiedItems(members)).toHaveLength(16_384)
  expect(heapUsed() - before).toBeLessThan(members.body.length)
  expect(identifiedItems(members)).toBe(identifiedItems(members))
})
