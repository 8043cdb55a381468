import type { Delta } from '../delta.ts'

/** Gives calls the names that their tools have in the client's request. */
export function createToolNameFilter(names: ReadonlyMap<string, string>): (delta: Delta) => readonly Delta[] {
  return (delta) => {
    const name = delta.type === 'tool-start' ? names.get(delta.name) : undefined
    return [name === undefined || delta.type !== 'tool-start' ? delta : { ...delta, name }]
  }
}
