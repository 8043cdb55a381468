import type { Warning } from './conversation.ts'
import { unsupportedMember } from './members.ts'

/** Collects what a translation could not carry. */
export interface Warnings {
  /** Left out. Under `strict` this refuses the call with a 400 that names the field. */
  dropped(field: string, detail: string): void
  /** Left out, and no reason to refuse: nobody but its provider could have used it. */
  omitted(field: string, detail: string): void
  /** Carried with another value, because the target knows no better. */
  changed(field: string, detail: string): void
  readonly list: readonly Warning[]
}

/** The same remark about a thousand messages is made once, for the first of them. */
export function createWarnings(strict: boolean): Warnings {
  const list: Warning[] = []
  const made = new Set<string>()

  function add(warning: Warning): void {
    if (made.has(warning.detail)) return
    made.add(warning.detail)
    list.push(warning)
  }

  return {
    list,
    changed: (field, detail) => add({ field, action: 'changed', detail }),
    omitted: (field, detail) => add({ field, action: 'dropped', detail }),
    dropped(field, detail) {
      if (strict) throw unsupportedMember(field, detail)
      add({ field, action: 'dropped', detail })
    },
  }
}
