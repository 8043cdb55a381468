import type { JsonObject } from '../../dialects/json.ts'

const underWay: ReadonlySet<unknown> = new Set(['queued', 'in_progress'])

/** Whether nothing more will come of it. */
export function isOver({ status }: JsonObject): boolean {
  return typeof status === 'string' && !underWay.has(status)
}
