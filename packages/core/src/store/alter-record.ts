import type { KeyvStoreAdapter } from 'keyv'
import type { RecordAdapter } from './record-adapter.ts'

/** An adapter of ours, a Map, or somebody else's storage that this process alone writes to. */
export type RecordStorage =
  | (KeyvStoreAdapter & Partial<Pick<RecordAdapter<unknown>, 'replace'>>)
  | Map<string, unknown>

/** Texts that are replaced only where they are still what was read. */
export interface ReplaceableTexts {
  read(key: string): Promise<unknown>
  replace(key: string, expected: string | undefined, value: string): Promise<boolean>
}

/** Undefined where the storage cannot compare and set. */
export function replaceableTexts(storage: RecordStorage): ReplaceableTexts | undefined {
  if (storage instanceof Map) return inMap(storage)
  const { replace } = storage
  return replace && { read: (key) => storage.get(key) as Promise<unknown>, replace }
}

/** Nothing comes between the two halves of a step that waits for nothing. */
function inMap(map: Map<string, unknown>): ReplaceableTexts {
  return {
    read: async (key) => map.get(key),
    replace: async (key, expected, value) => {
      if (map.get(key) !== expected) return false
      map.set(key, value)
      return true
    },
  }
}

/** Each lost try is somebody else's success, so only a store that is wrong gets here. */
const mostTries = 100

/**
 * Reads a text, lets `change` make the next one of it, and writes that where nobody else has written meanwhile;
 * otherwise it begins again.
 *
 * @param change Undefined leaves what is there.
 */
export async function alterText(
  texts: ReplaceableTexts,
  key: string,
  change: (current: unknown) => string | undefined,
): Promise<void> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const current = await texts.read(key)
    const next = change(current)
    if (next === undefined || next === current) return
    if (await texts.replace(key, current as string | undefined, next)) return
  }
  throw new Error(`The record "${key}" was written by others ${mostTries} times in between.`)
}
