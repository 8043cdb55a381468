import { expect, test } from 'vitest'
import { maxNano } from '../../billing/money.ts'
import { decodeLine, encodeLine, type SpoolLine } from './spool-line.ts'

const lines: Readonly<Record<string, SpoolLine>> = {
  opened: { op: 'opened', at: 1, pid: 2 },
  started: { op: 'started', id: 'call "1"', account: 'a: {ü}\n', amount: maxNano, at: 3 },
  settle: {
    op: 'settle',
    request: {
      id: 'call',
      account: 'acme',
      modelCost: maxNano,
      fee: 0n,
      overrun: 'cap',
      meta: { n: '\n"]' },
    },
  },
  'settle without overrun': {
    op: 'settle',
    request: { id: 'call', account: 'acme', modelCost: 1n, fee: 2n, meta: {} },
  },
  done: { op: 'done', id: 'call' },
}

test.each(Object.entries(lines))('%s is one line of JSON, and reads as it was written', (_, line) => {
  const text = encodeLine(line)
  expect(text.indexOf('\n')).toBe(text.length - 1)
  expect(JSON.parse(text)[1]).toMatchObject({ op: line.op })
  expect(decodeLine(text.slice(0, -1))).toEqual(line)
})

test('a line of which one character is wrong is none, whichever it is', () => {
  const text = encodeLine({ op: 'started', id: 'call', account: 'acme', amount: 17n, at: 3 }).slice(0, -1)
  for (let at = 0; at < text.length; at += 1) {
    const other = text[at] === '7' ? '8' : '7'
    expect(decodeLine(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined()
  }
})
