import type { Delta } from '../delta.ts'
import { createInputReader, type InputReader } from './input-reader.ts'

/**
 * Gives the calls of tools that take free text their text back: the model wrote it as the member `input` of a JSON
 * object, because its API knows no other arguments.
 */
export function createCustomToolFilter(names: ReadonlySet<string>): (delta: Delta) => readonly Delta[] {
  /** Of the call that is open; blocks do not overlap. */
  let reader: InputReader | undefined
  let index = -1

  const pieces = (text: string): readonly Delta[] =>
    text === '' ? [] : [{ type: 'tool-arguments', index, json: text }]

  return (delta) => {
    if (delta.type === 'tool-start' && names.has(delta.name)) {
      reader = createInputReader()
      index = delta.index
      return [{ ...delta, custom: true }]
    }
    if (reader === undefined) return [delta]
    if (delta.type === 'tool-arguments' && delta.index === index) return pieces(reader.push(delta.json))
    if (delta.type !== 'block-stop' || delta.index !== index) return [delta]
    const rest = pieces(reader.end())
    reader = undefined
    return [...rest, delta]
  }
}
