import { expect, test } from 'vitest'
import { bodyOf } from '../../bytes/body-bytes.ts'
import { scanMembers } from '../json-members.ts'
import { readNames } from './read-names.ts'

const names = (models: unknown, model: string | undefined = 'a') =>
  readNames(scanMembers(bodyOf([Buffer.from(JSON.stringify(models === undefined ? {} : { models }))])), model)

test('the model comes first, then the list, each once', () => {
  expect(names(undefined)).toEqual(['a'])
  expect(names(null)).toEqual(['a'])
  expect(names([])).toEqual(['a'])
  expect(names(['b', 'openai:c', 'a', 'b'])).toEqual(['a', 'b', 'openai:c'])
  expect(readNames(scanMembers(bodyOf([Buffer.from('{"models":["b"]}')])), undefined)).toEqual(['b'])
})

test('what is no list of up to ten names is refused by the place of its fault', () => {
  const many = Array.from({ length: 11 }, (_, at) => `m${at}`)
  expect(names(many.slice(1))).toHaveLength(11)
  for (const [models, param] of [
    ['b', 'models'],
    [{ 0: 'b' }, 'models'],
    [many, 'models'],
    [['b', 'c', 3], 'models.2'],
    [['b', ''], 'models.1'],
    [[null], 'models.0'],
  ] as const) {
    expect(() => names(models), param).toThrow(expect.objectContaining({ status: 400, param }))
  }
})
