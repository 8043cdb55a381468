import { expect, test } from 'vitest'
import { createFormScanner, type FoundField } from './form-scanner.ts'

const form = [
  '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n',
  '--b\r\nContent-Disposition: form-data; name="file"; filename="ä.wav"\r\ncontent-type: audio/wav\r\n\r\n',
  '\r\n--\r\n--a\r\n-b\r\n',
  '--b\r\ncontent-disposition: form-data; name="empty"\r\n\r\n\r\n',
  '--b--\r\nbehind it',
].join('')

test('fields, files and offsets, in chunks of every size', () => {
  const bytes = Buffer.from(form)
  for (let size = 1; size <= bytes.length; size += 1) {
    const fields: FoundField[] = []
    const parts: string[] = []
    const scanner = createFormScanner('b', {
      part: ({ name, isFile }) => void parts.push(`${name}${isFile ? ' file' : ''}`),
      field: (field) => void fields.push(field),
    })
    for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size))
    scanner.finish()
    expect(parts).toEqual(['model', 'file file', 'empty'])
    expect(fields.map(({ name, value }) => [name, value])).toEqual([
      ['model', 'whisper-1'],
      ['empty', ''],
    ])
    const [{ start, end } = { start: 0, end: 0 }] = fields
    expect(bytes.toString('utf8', start, end)).toBe('whisper-1')
  }
})
