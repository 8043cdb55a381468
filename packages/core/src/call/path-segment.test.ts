import { expect, test } from 'vitest'
import { pathSegment } from './path-segment.ts'

test.each([
  ['gemini-2.5-flash', 'gemini-2.5-flash'],
  ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5@20250929'],
  ['../../files?key=x#y', '..%2F..%2Ffiles%3Fkey%3Dx%23y'],
  ['%2e%2e%2f', '%252e%252e%252f'],
  ['a b\\ü\ud800', 'a%20b%5C%C3%BC%EF%BF%BD'],
  ['x:predict', 'x%3Apredict'],
])('a name is one segment: %s', (name, segment) => {
  expect(pathSegment(name)).toBe(segment)
})

test.each(['.', '..'])('%s is no name', (name) => {
  expect(() => pathSegment(name)).toThrow(
    expect.objectContaining({ code: 'invalid_request', param: 'model' }),
  )
})
